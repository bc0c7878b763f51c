package dev.tessera.cli.config;

import java.io.IOException;

/** A configuration file says something that it must not; the message names file, key and value. */
public final class ConfigException extends IOException {
  private static final long serialVersionUID = 1L;

  ConfigException(String message, Throwable cause) {
    super(message, cause);
  }

  ConfigException(String message) {
    super(message);
  }
}
