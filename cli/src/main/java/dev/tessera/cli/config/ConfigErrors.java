package dev.tessera.cli.config;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.exc.InvalidTypeIdException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** Says in one sentence what the mapper found wrong. */
final class ConfigErrors {
  private static final Pattern MISSING = Pattern.compile("creator property '([^']+)'");
  private static final Pattern DUPLICATE =
      Pattern.compile("[Dd]uplicate.*?(?:key|property)\\W+(\\w+)");
  private static final List<String> KINDS = List.of("fsq", "vq", "gumbel", "lfq");

  private ConfigErrors() {}

  static ConfigException explain(String file, JacksonException e) {
    return new ConfigException(file + place(e) + ": " + sentence(e), e);
  }

  private static String place(JacksonException e) {
    return e.getLocation() != null && e.getLocation().getLineNr() > 0
        ? ", line " + e.getLocation().getLineNr()
        : "";
  }

  private static String sentence(JacksonException e) {
    IllegalArgumentException refused = cause(e);
    if (refused != null) {
      return inside(path(e)) + refused.getMessage();
    }
    if (e instanceof UnrecognizedPropertyException unknown) {
      return String.format(
          "there is no key %s; allowed here: %s", path(e), listed(unknown.getKnownPropertyIds()));
    }
    if (e instanceof InvalidTypeIdException) {
      return "the type of " + path(e) + " must be one of " + String.join(", ", KINDS);
    }
    String message = firstLine(e.getOriginalMessage());
    if (e instanceof MismatchedInputException mismatch) {
      Matcher missing = MISSING.matcher(message);
      return missing.find() && message.startsWith("Missing")
          ? "the key " + joined(path(e), missing.group(1)) + " is missing"
          : "the value of " + path(e) + " must be " + expected(mismatch.getTargetType());
    }
    Matcher duplicate = DUPLICATE.matcher(message);
    if (e instanceof StreamReadException && duplicate.find()) {
      return "the key " + duplicate.group(1) + " is there twice";
    }
    return "this is no valid YAML (" + message + ")";
  }

  /** What a record refused, wherever the mapper wrapped it. */
  private static @Nullable IllegalArgumentException cause(Throwable e) {
    for (Throwable at = e.getCause(); at != null; at = at.getCause()) {
      if (at instanceof IllegalArgumentException refused) {
        return refused;
      }
    }
    return null;
  }

  private static String expected(@Nullable Class<?> type) {
    if (type == null) {
      return "given in another form";
    }
    if (type.isEnum()) {
      return Arrays.stream(type.getEnumConstants())
          .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
          .collect(Collectors.joining(" or "));
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    if (type == int.class || type == Integer.class || type == long.class) {
      return "a whole number";
    }
    if (type == double.class || type == Double.class) {
      return "a number";
    }
    if (Collection.class.isAssignableFrom(type)) {
      return "a list";
    }
    return "a block of keys";
  }

  private static String path(JacksonException e) {
    String path = "";
    for (JacksonException.Reference reference : e.getPath()) {
      path =
          reference.getPropertyName() != null
              ? joined(path, reference.getPropertyName())
              : path + "[" + reference.getIndex() + "]";
    }
    return path.isEmpty() ? "the whole file" : path;
  }

  private static String joined(String path, String key) {
    if (path.equals(key) || path.endsWith("." + key)) {
      return path;
    }
    return path.isEmpty() || path.equals("the whole file") ? key : path + "." + key;
  }

  private static String inside(String path) {
    return path.equals("the whole file") ? "" : "in " + path + " the ";
  }

  private static String listed(@Nullable Collection<Object> keys) {
    return keys == null
        ? "none"
        : keys.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  private static String firstLine(@Nullable String message) {
    return message == null ? "" : message.lines().findFirst().orElse("");
  }
}
