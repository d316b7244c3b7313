package dev.lockstep.server;

import dev.lockstep.server.files.FileNames;
import dev.lockstep.server.files.InputFile;
import dev.lockstep.server.files.TextEncoding;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Arguments {@code @FILE}, each of which stands for the words in a file. Words are separated by blanks and line ends; single or
 * double quotes around a part of a word keep its blanks, and a {@code #} at the beginning of a word begins a comment, as in a
 * shell. Nothing else has a meaning, a backslash neither. A file may name others. Two signs, {@code @@x}, stand for the
 * argument {@code @x}.
 */
final class ArgumentFiles {

    private final List<String> words = new ArrayList<>();

    /** The files that are being read, the innermost one last. */
    private final Deque<Path> open = new ArrayDeque<>();

    private ArgumentFiles() {}

    /**
     * Returns the arguments with the words of the files in their places.
     *
     * @throws UsageError when a file is not there, cannot be read, names itself, or has a quote that is not closed
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
        for (String word : words(argument, text(argument, file))) {
            add(word);
        }
        open.removeLast();
    }

    private static String text(String argument, Path file) throws UsageError {
        byte[] content = InputFile.bytes(argument, file);
        try {
            ByteBuffer text = ByteBuffer.wrap(TextEncoding.withoutMark(content));
            return StandardCharsets.UTF_8.newDecoder().decode(text).toString();
        } catch (CharacterCodingException e) {
            throw new UsageError(argument, file + " is not in UTF-8", "write the file in UTF-8");
        }
    }

    private static List<String> words(String argument, String text) throws UsageError {
        List<String> words = new ArrayList<>();
        int line = 0;
        for (String each : text.split("\n", -1)) {
            line++;
            addWords(words, argument, each, line);
        }
        return words;
    }

    private static void addWords(List<String> words, String argument, String line, int number) throws UsageError {
        StringBuilder word = null;
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quote == 0 && c == '#' && word == null) {
                return;
            }
            if (quote == 0 && c <= ' ') {
                if (word != null) {
                    words.add(word.toString());
                }
                word = null;
                continue;
            }
            word = word == null ? new StringBuilder() : word;
            if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
            } else if (c == quote) {
                quote = 0;
            } else {
                word.append(c);
            }
        }
        if (quote != 0) {
            throw new UsageError(
                    argument,
                    "the quote " + quote + " in line " + number + " is not closed",
                    "close it in this line, or put it into quotes of the other kind");
        }
        if (word != null) {
            words.add(word.toString());
        }
    }
}
