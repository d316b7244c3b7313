package dev.lockstep.server.audit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
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
        Path directory = directory(active);
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> names = Files.list(directory)) {
            return names.filter(file -> name(file).startsWith(prefix)
                            && name(file).substring(prefix.length()).matches("\\d{6,9}"))
                    .sorted(Comparator.comparingLong(LogFiles::number))
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
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
            if (hasCheckpoint(file)) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasCheckpoint(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            LineReader reader = new LineReader(in);
            for (LineReader.Kind kind = reader.next(); kind != LineReader.Kind.END; kind = reader.next()) {
                // No string in a line has a quote of its own, so this is the member.
                if (reader.line().contains("\"checkpoint\":")) {
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
        writePrivate(file, line);
        syncDirectory(file);
    }

    /**
     * Writes a file of another name beside {@code file} and puts it on the disk: what has the name after a crash is whole.
     *
     * @return that file, which the caller renames
     */
    static Path writeBeside(Path file, byte[] content) throws IOException {
        // A name of its own: two processes may do this at the same time, and one may have crashed in it.
        byte[] random = new byte[8];
        new SecureRandom().nextBytes(random);
        Path beside =
                file.resolveSibling("." + name(file) + "." + HexFormat.of().formatHex(random) + ".new");
        boolean isWritten = false;
        try {
            writePrivate(beside, content);
            isWritten = true;
        } finally {
            if (!isWritten) {
                deleteQuietly(beside);
            }
        }
        return beside;
    }

    /**
     * Renames a file that {@link #writeBeside} has written, and deletes it if that fails.
     *
     * @param replaces whether {@code to} is replaced if it is there; otherwise that is an error
     * @throws FileAlreadyExistsException if it is there and must not be replaced
     */
    static void rename(Path from, Path to, boolean replaces) throws IOException {
        boolean isRenamed = false;
        try {
            if (replaces) {
                Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
            } else {
                moveToNewName(from, to);
            }
            isRenamed = true;
        } finally {
            if (!isRenamed) {
                deleteQuietly(from);
            }
        }
        syncDirectory(to);
    }

    /** A rename replaces a file that another process has made meanwhile; a link never does. */
    private static void moveToNewName(Path from, Path to) throws IOException {
        try {
            Files.createLink(to, from);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (UnsupportedOperationException | FileSystemException e) {
            Files.move(from, to); // a file system without hard links; or it fails for the same reason
            return;
        }
        Files.delete(from);
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // What is thrown instead says more, and the name stops no later start.
        }
    }

    private static void writePrivate(Path file, byte[] content) throws IOException {
        createPrivate(file);
        Files.write(file, content, StandardOpenOption.WRITE);
        force(file, StandardOpenOption.WRITE);
    }

    /** Makes the next file the active one. */
    void promoteNext() throws IOException {
        Files.move(next(), active, StandardCopyOption.ATOMIC_MOVE);
        syncDirectory(active);
    }

    /** Gives the active file the name of a finished one. */
    void finishActive(long number) throws IOException {
        Path target = finished(number);
        if (Files.exists(target)) {
            throw new FileAlreadyExistsException(target.toString());
        }
        Files.move(active, target);
        syncDirectory(active);
    }

    /** Forces the names of the files to the disk. */
    void syncNames() throws IOException {
        syncDirectory(active);
    }

    static void createPrivate(Path file) throws IOException {
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } else {
            Files.createFile(file);
        }
    }

    /** A rename is on the disk when its directory is. Only POSIX systems let a directory be opened for that. */
    private static void syncDirectory(Path of) throws IOException {
        if (of.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            force(directory(of), StandardOpenOption.READ);
        }
    }

    /** Also on an interrupted thread, whose interrupt would close the channel: threads that end may have a line to log. */
    private static void force(Path file, StandardOpenOption option) throws IOException {
        boolean isInterrupted = false;
        boolean isDone = false;
        try {
            while (!isDone) {
                isInterrupted |= Thread.interrupted();
                try (FileChannel channel = FileChannel.open(file, option)) {
                    channel.force(true);
                    isDone = true;
                } catch (ClosedByInterruptException e) {
                    // The interrupt came in between: once more without it.
                }
            }
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static Path directory(Path of) {
        return Objects.requireNonNullElse(of.toAbsolutePath().getParent(), of.toAbsolutePath());
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
