package dev.tessera.cli.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Figures as text, and as what JSON is made of.
 *
 * @param machine facts about it
 * @param peak of matrix products
 * @param memoryBandwidth bytes per second of a copy, read and written
 */
public record BenchReport(Map<String, Object> machine, MatrixPeak peak, double memoryBandwidth) {
  private static final double GIGA = 1e9;
  private static final double MEGABYTE = 1 << 20;

  /** Finds out what the figures are to be judged by; takes some seconds. */
  public static BenchReport ofThisMachine() {
    return new BenchReport(Machine.facts(), MatrixPeak.measure(), MemoryBandwidth.measure());
  }

  /** Lines about the machine. */
  public List<String> heading() {
    List<String> lines = new ArrayList<>();
    machine.forEach((name, value) -> lines.add(String.format("%-16s%s", name, value)));
    for (MatrixPeak.Rate rate : peak.products()) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%-16s%-18s%s",
              "product " + precision(rate.precision()),
              rate.size(),
              rate.flops() == 0
                  ? "not on this processor"
                  : String.format(Locale.ROOT, "%.0f GFLOP/s", rate.flops() / GIGA)));
    }
    lines.add(String.format(Locale.ROOT, "%-16s%.1f GB/s", "memory copy", memoryBandwidth / GIGA));
    return lines;
  }

  /** One line, and the profile beneath it if there is one. */
  public List<String> lines(Measurement measured) {
    StringBuilder line = new StringBuilder();
    line.append(
        String.format(
            Locale.ROOT,
            "%-22s%9.4g %-9s (%.4g to %.4g, %d steps)",
            measured.benchmark().name(),
            measured.median(),
            measured.benchmark().unit().name(),
            Collections.min(measured.ours()),
            Collections.max(measured.ours()),
            measured.ours().size()));
    measured
        .peerMedian()
        .ifPresent(
            median ->
                line.append(
                    String.format(
                        Locale.ROOT,
                        "  peer %.4g, ratio %.3f",
                        median,
                        measured.median() / median)));
    if (shareOfPeak(measured) > 0) {
      line.append(
          String.format(
              Locale.ROOT,
              "  %.0f %% of the %s peak",
              100 * shareOfPeak(measured),
              precision(measured.execution().precision())));
    }
    line.append(
        String.format(
            Locale.ROOT,
            "  %.0f MB resident, %.0f MB heap",
            measured.memory().resident() / MEGABYTE,
            measured.memory().heap() / MEGABYTE));
    List<String> lines = new ArrayList<>(List.of(line.toString()));
    lines.addAll(profile(measured));
    return lines;
  }

  private static List<String> profile(Measurement measured) {
    double total = measured.profile().values().stream().mapToDouble(Double::doubleValue).sum();
    return measured.profile().entrySet().stream()
        .sorted(Collections.reverseOrder(Map.Entry.comparingByValue()))
        .map(
            entry ->
                String.format(
                    Locale.ROOT,
                    "  %9.2f ms %4.1f %%  %s",
                    entry.getValue(),
                    100 * entry.getValue() / total,
                    entry.getKey()))
        .collect(Collectors.toList());
  }

  /** Of the measured peak in the precision that was used; 0 where operations are not counted. */
  double shareOfPeak(Measurement measured) {
    double most = peak.flops(measured.execution().precision());
    return most == 0 ? 0 : measured.flops() / most;
  }

  /** Everything, of a run without a peer. */
  public Map<String, Object> document(List<Measurement> measurements) {
    List<Object> products = new ArrayList<>();
    for (MatrixPeak.Rate rate : peak.products()) {
      Map<String, Object> product = new LinkedHashMap<>();
      product.put("size", List.of(rate.rows(), rate.inner(), rate.columns()));
      product.put("precision", precision(rate.precision()));
      product.put("gigaflops", rate.flops() / GIGA);
      products.add(product);
    }
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("machine", machine);
    document.put("products", products);
    document.put("memoryBandwidth", memoryBandwidth);
    document.put("benchmarks", measurements.stream().map(this::details).toList());
    return document;
  }

  private Map<String, Object> details(Measurement measured) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("name", measured.benchmark().name());
    details.put("operations", measured.execution().operations().name().toLowerCase(Locale.ROOT));
    details.put("precision", precision(measured.execution().precision()));
    details.put("median", measured.median());
    details.put("unit", measured.benchmark().unit().name());
    details.put("steps", measured.ours());
    if (shareOfPeak(measured) > 0) {
      details.put("shareOfPeak", shareOfPeak(measured));
    }
    details.put("residentBytes", measured.memory().resident());
    details.put("heapBytes", measured.memory().heap());
    if (!measured.profile().isEmpty()) {
      details.put("profile", measured.profile());
    }
    return details;
  }

  /** Ours beside the peer's, of a run with one: name, ours, peer, unit, ratio. */
  public static List<Map<String, Object>> comparison(List<Measurement> measurements) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Measurement measured : measurements) {
      double peer = measured.peerMedian().orElseThrow();
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("name", measured.benchmark().name());
      row.put("ours", measured.median());
      row.put("peer", peer);
      row.put("unit", measured.benchmark().unit().name());
      row.put("ratio", measured.median() / peer);
      rows.add(row);
    }
    return rows;
  }

  private static String precision(Enum<?> precision) {
    return precision.name().toLowerCase(Locale.ROOT);
  }
}
