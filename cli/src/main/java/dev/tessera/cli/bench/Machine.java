package dev.tessera.cli.bench;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.plan.WorkerThreads;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.global.dnnl;

/** What the figures were measured on. */
final class Machine {
  private static final List<String> TELLING_FLAGS =
      List.of("avx2", "avx_vnni", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8");

  private Machine() {}

  /** Facts by name, in the order in which people want them. */
  static Map<String, Object> facts() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("processor", cpuInfo("model name").orElse(System.getProperty("os.arch")));
    facts.put("cores", Runtime.getRuntime().availableProcessors());
    cpuInfo("flags").ifPresent(flags -> facts.put("instructions", telling(flags)));
    facts.put("oneDnnUses", Execution.instructionSet());
    line(Path.of("/proc/meminfo"), "MemTotal").ifPresent(total -> facts.put("memory", total));
    facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put("jvm", System.getProperty("java.vm.name") + " " + Runtime.version());
    dnnl_version_t version = dnnl.dnnl_version();
    facts.put("oneDnn", version.major() + "." + version.minor() + "." + version.patch());
    return facts;
  }

  /** A thread for each core that this virtual machine may use. */
  static WorkerThreads cores() {
    return new WorkerThreads(Runtime.getRuntime().availableProcessors(), "bench");
  }

  private static Optional<String> cpuInfo(String key) {
    return line(Path.of("/proc/cpuinfo"), key);
  }

  /** What stands behind the first line "KEY: …" of a file of Linux. */
  static Optional<String> line(Path file, String key) {
    try {
      return Files.readAllLines(file, StandardCharsets.UTF_8).stream()
          .filter(line -> line.startsWith(key) && line.contains(":"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst();
    } catch (IOException notLinux) {
      return Optional.empty();
    }
  }

  private static String telling(String flags) {
    List<String> all = Arrays.asList(flags.split(" "));
    return String.join(" ", TELLING_FLAGS.stream().filter(all::contains).toList());
  }
}
