package dev.tessera;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The library example of the README, compiled from the README and run. */
class ReadmeExampleTest {
  private static final String IMPORTS =
      """
      import dev.tessera.Tessera;
      import dev.tessera.transformer.decode.SamplingOptions;
      import dev.tessera.vqvae.picture.Png;
      import dev.tessera.vqvae.picture.Rgb;
      import java.nio.file.Path;
      """;

  @TempDir private Path folder;

  @Test
  void theExampleCompilesAndMakesAPicture() throws Exception {
    Path model = folder.resolve("model.tessera");
    TinyModel.bundle(2).write(model);
    Path picture = folder.resolve("ghost.png");
    String body =
        example()
            .replace("run/best.tessera", model.toString())
            .replace("ghost.png", picture.toString());
    assertThat(body).contains(model.toString(), picture.toString());
    String source =
        IMPORTS
            + "public class Example { public static void run() throws Exception {"
            + body
            + "}}";

    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    JavaFileObject file =
        new SimpleJavaFileObject(URI.create("string:///Example.java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
          }
        };
    List<String> options =
        List.of("-d", folder.toString(), "-cp", System.getProperty("java.class.path"));
    assertThat(compiler.getTask(null, null, null, options, null, List.of(file)).call()).isTrue();
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
      loader.loadClass("Example").getMethod("run").invoke(null);
    }
    assertThat(picture).isNotEmptyFile();
  }

  private static String example() throws IOException {
    String readme = Files.readString(Path.of("../README.md"));
    Matcher block = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(readme);
    assertThat(block.find()).as("README has a Java example").isTrue();
    return block.group(1);
  }
}
