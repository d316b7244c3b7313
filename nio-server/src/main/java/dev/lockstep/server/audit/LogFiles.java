package dev.lockstep.server.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of one log: {@code NAME} is written to, {@code NAME.000001} and so on are finished, {@code .NAME.new} is the
 * next file until its first line is on the disk, and {@code .NAME.lock} keeps a second writer out.
 */
final class LogFiles {

    private static final Pattern FINISHED = Pattern.compile(".+\\.(\\d{6,9})");

    private final Path active;

    LogFiles(Path active) {
        this.active = active;
    }

    Path active() {
        return active;
    }

    Path next() {
        return hidden(".new");
    }

    Path lock() {
        return hidden(".lock");
    }

    Path finished(long number) {
        return sibling(String.format(Locale.ROOT, ".%06d", number));
    }

    /** The finished files that are there, by number. */
    List<Path> finished() throws IOException {
        String prefix = name(active) + ".";
        Path directory = directory();
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> names = Files.list(directory)) {
            return names.filter(file -> name(file).startsWith(prefix)
                            && name(file).substring(prefix.length()).matches("\\d{6,9}"))
                    .sorted(Comparator.comparingLong(LogFiles::number))
                    .toList();
        }
    }

    /** Whether a line is a checkpoint. In a log that has them they are close to its end, so the newest file comes first. */
    boolean hasCheckpoints() throws IOException {
        List<Path> files = new ArrayList<>(finished());
        if (Files.isRegularFile(active)) {
            files.add(active);
        }
        Collections.reverse(files);
        for (Path file : files) {
            // No string in a line has a quote of its own, so this is the member.
            try (Stream<String> lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
                if (lines.anyMatch(line -> line.contains("\"checkpoint\":"))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Finished files by number, the others behind them, as a log is read. */
    static List<Path> inOrder(List<Path> files) {
        List<Path> ordered = new ArrayList<>(files);
        ordered.sort(Comparator.comparingLong(LogFiles::number));
        return ordered;
    }

    /** The number of a finished file; any other file comes after all of them. */
    static long number(Path file) {
        Matcher matcher = FINISHED.matcher(name(file));
        return matcher.matches() ? Long.parseLong(matcher.group(1)) : Long.MAX_VALUE;
    }

    /** Puts a file that holds just {@code line} on the disk, under the name {@link #next}. For its owner only. */
    void writeNext(byte[] line) throws IOException {
        Path file = next();
        Files.deleteIfExists(file);
        createPrivate(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(line);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        syncDirectory();
    }

    /** Makes the next file the active one. */
    void promoteNext() throws IOException {
        Files.move(next(), active, StandardCopyOption.ATOMIC_MOVE);
        syncDirectory();
    }

    /** Gives the active file the name of a finished one. */
    void finishActive(long number) throws IOException {
        Path target = finished(number);
        if (Files.exists(target)) {
            throw new FileAlreadyExistsException(target.toString());
        }
        Files.move(active, target);
        syncDirectory();
    }

    static void createPrivate(Path file) throws IOException {
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } else {
            Files.createFile(file);
        }
    }

    /** A rename is on the disk when its directory is. Only POSIX systems let a directory be opened for that. */
    private void syncDirectory() throws IOException {
        if (active.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            try (FileChannel channel = FileChannel.open(directory(), StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    private Path directory() {
        return Objects.requireNonNullElse(active.toAbsolutePath().getParent(), active.toAbsolutePath());
    }

    /** Out of the way of {@code NAME*} on a command line. */
    private Path hidden(String ending) {
        return active.resolveSibling("." + name(active) + ending);
    }

    private Path sibling(String ending) {
        return active.resolveSibling(name(active) + ending);
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }
}
