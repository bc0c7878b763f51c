package dev.tessera.cli.page;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Objects;

/**
 * A page for a browser in one file: style and pictures are inside, nothing is fetched. Light and
 * dark as the reader's screen is, for phones and wide screens.
 */
public final class HtmlPage {
  private final StringBuilder html = new StringBuilder();

  /**
   * Begins a page.
   *
   * @param title text
   * @param about text below it
   * @param style rules in addition to those of all pages
   */
  public HtmlPage(String title, String about, String style) {
    html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html.append("<meta name=\"color-scheme\" content=\"light dark\">\n");
    html.append("<title>").append(escaped(title)).append("</title>\n<style>\n");
    html.append(resource(HtmlPage.class, "page.css")).append(style);
    html.append("</style>\n</head>\n<body>\n<main>\n<header>\n<h1>").append(escaped(title));
    html.append("</h1>\n<p>").append(escaped(about)).append("</p>\n</header>\n");
  }

  /** A text file of the program that lies beside a class. */
  public static String resource(Class<?> beside, String name) {
    try (InputStream in = beside.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(name + " of the program cannot be read", e);
    }
  }

  /** Adds HTML as it is. */
  public HtmlPage add(String markup) {
    html.append(markup);
    return this;
  }

  /** Adds text between the beginning and the end of an element. */
  public HtmlPage element(String name, String attributes, String text) {
    html.append('<').append(name).append(attributes.isEmpty() ? "" : " " + attributes).append('>');
    html.append(escaped(text)).append("</").append(name).append(">\n");
    return this;
  }

  /** Adds a picture. */
  public HtmlPage image(byte[] png, String description) {
    html.append("<img alt=\"").append(escaped(description));
    html.append("\" src=\"data:image/png;base64,");
    html.append(Base64.getEncoder().encodeToString(png)).append("\">\n");
    return this;
  }

  /** The whole page. */
  public String finish() {
    return html + "</main>\n</body>\n</html>\n";
  }

  /** Text that HTML takes as text. */
  public static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
