package dev.lockstep.server;

import dev.lockstep.server.files.FileNames;
import dev.lockstep.server.files.InputFile;
import dev.lockstep.server.files.TextEncoding;
import java.io.IOException;
import java.io.StreamTokenizer;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Arguments {@code @FILE}, each of which stands for the words in a file. Words are separated by blanks and line ends; quotes
 * hold a word with blanks together, and a {@code #} that is not in quotes begins a comment. A file may name others. Two signs,
 * {@code @@x}, stand for the argument {@code @x}.
 */
final class ArgumentFiles {

    private final List<String> words = new ArrayList<>();

    /** The files that are being read, the innermost one last. */
    private final Deque<Path> open = new ArrayDeque<>();

    private ArgumentFiles() {}

    /**
     * Returns the arguments with the words of the files in their places.
     *
     * @throws UsageError when a file is not there, cannot be read, or names itself
     */
    static String[] expand(String[] args) throws UsageError {
        ArgumentFiles files = new ArgumentFiles();
        for (String arg : args) {
            files.add(arg);
        }
        return files.words.toArray(String[]::new);
    }

    private void add(String word) throws UsageError {
        if (!word.startsWith("@") || word.length() == 1) {
            words.add(word);
        } else if (word.startsWith("@@")) {
            words.add(word.substring(1));
        } else {
            read(word, FileNames.path(word, word.substring(1)));
        }
    }

    private void read(String argument, Path file) throws UsageError {
        if (Files.notExists(file)) {
            throw new UsageError(
                    argument,
                    "there is no such file of arguments",
                    "check the path, or write @" + argument + " if no file is meant");
        }
        Path name = file.toAbsolutePath().normalize();
        if (open.contains(name)) {
            throw new UsageError(argument, file + " names itself", "remove this argument from the file");
        }
        open.addLast(name);
        for (String word : words(text(argument, file))) {
            add(word);
        }
        open.removeLast();
    }

    private static String text(String argument, Path file) throws UsageError {
        byte[] content = InputFile.bytes(argument, file);
        return new String(TextEncoding.withoutMark(content), StandardCharsets.UTF_8);
    }

    private static List<String> words(String text) {
        StreamTokenizer tokens = new StreamTokenizer(new StringReader(text));
        tokens.resetSyntax();
        tokens.wordChars(' ', 255);
        tokens.whitespaceChars(0, ' ');
        tokens.quoteChar('"');
        tokens.quoteChar('\'');
        tokens.commentChar('#');
        List<String> words = new ArrayList<>();
        try {
            while (tokens.nextToken() != StreamTokenizer.TT_EOF) {
                words.add(tokens.sval);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory has been read", e);
        }
        return words;
    }
}
