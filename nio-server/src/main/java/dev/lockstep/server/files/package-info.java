/** Files that a command line names: their bytes, their text in whatever encoding it comes, and whether they changed. */
@org.jspecify.annotations.NullMarked
package dev.lockstep.server.files;
