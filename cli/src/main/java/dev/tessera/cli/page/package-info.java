/** What all pages of the command share: one file each, with the style of {@code page.css}. */
@NullMarked
package dev.tessera.cli.page;

import org.jspecify.annotations.NullMarked;
