package dev.tessera.vqvae.data;

/**
 * The name of an entry in a WebDataset shard.
 *
 * @param path without a leading ./ or /
 * @param key the path up to the first dot of its last name: what the entries of a sample share
 * @param extension what follows that dot, in lower case; empty if there is none
 */
record EntryName(String path, String key, String extension) {
  static EntryName of(String name) {
    String path = name;
    while (path.startsWith("./") || path.startsWith("/")) {
      path = path.substring(path.indexOf('/') + 1);
    }
    int last = path.lastIndexOf('/') + 1;
    int dot = path.indexOf('.', last);
    return dot < 0
        ? new EntryName(path, path, "")
        : new EntryName(path, path.substring(0, dot), path.substring(dot + 1));
  }

  /** Whether a name in the path begins with a dot. */
  boolean isHidden() {
    return path.startsWith(".") || path.contains("/.");
  }

  boolean isPicture() {
    return !extension.isEmpty() && FolderSource.EXTENSIONS.contains(FolderWalk.extension(path));
  }

  /** Whether the extension is a picture's and nothing more. */
  boolean isPlainPicture() {
    return isPicture() && extension.indexOf('.') < 0;
  }

  boolean isText() {
    return !extension.isEmpty() && FolderWalk.extension(path).equals("txt");
  }

  boolean isJson() {
    return !extension.isEmpty() && FolderWalk.extension(path).equals("json");
  }
}
