/**
 * Files that a command line names: their bytes, their text in whatever encoding it comes, and whether they changed. And
 * outputs of lines that survive a full disk.
 */
@org.jspecify.annotations.NullMarked
package dev.lockstep.server.files;
