package dev.lockstep.server.audit;

import dev.lockstep.crypto.ConstantTime;
import dev.lockstep.crypto.Wipe;
import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.crypto.hash.Hmac;
import dev.lockstep.keys.uri.FileOwner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The log's own key. A checkpoint is an HMAC-SHA256 under it over a chain value, and so over every line before: one who may
 * write the log's files but has no such key cannot recompute what a checkpoint covers. Safe for any thread.
 */
public final class CheckpointKey {

    /** Bytes of the key; its file has twice as many hex digits. */
    private static final int LENGTH = 32;

    private final byte[] key;

    /** The file that is empty until a log is opened with this key; null when the key is on the disk. */
    private @Nullable Path empty;

    private CheckpointKey(byte[] key, @Nullable Path empty) {
        this.key = key.clone();
        this.empty = empty;
    }

    /**
     * Reads a key.
     *
     * @throws KeyUseLogException when the file holds no key, or when its group or others have any right to it
     * @throws IOException when it cannot be read
     */
    public static CheckpointKey read(Path file) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (view != null && isShared(view.readAttributes().permissions())) {
            throw new KeyUseLogException(file + " may be used by others than its owner");
        }
        byte[] text = Files.readAllBytes(file);
        byte[] bytes = null;
        try {
            String hex = new String(text, StandardCharsets.ISO_8859_1).strip();
            if (!Chain.isHex(hex, 2 * LENGTH)) {
                throw new KeyUseLogException(file + " holds no key, which is " + 2 * LENGTH + " lower-case hex digits");
            }
            bytes = HexFormat.of().parseHex(hex);
            return new CheckpointKey(bytes, null);
        } finally {
            Wipe.bytes(text, bytes);
        }
    }

    /**
     * Reads a key; when the file is not there, makes it first, with a new key and for its owner alone. An empty file holds no
     * key, and no use was made of it: it gets a new one when a log without checkpoints is opened with the result. Another user's
     * file is refused here and not by {@link #read}: root may verify the log of any user, and does not write it.
     *
     * @throws KeyUseLogException as {@link #read}, or when the file belongs to another user than root or this process's own
     * @throws IOException as {@link #read}, or when the file cannot be made
     */
    public static CheckpointKey readOrMake(Path file) throws IOException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            CheckpointKey fresh = fresh(null);
            try {
                fresh.put(file, false);
                return fresh;
            } catch (FileAlreadyExistsException e) {
                // another process was faster: its key is read
            }
        }
        FileOwner.Finding stranger = FileOwner.ofThisProcess().stranger(file);
        if (stranger != null) {
            throw new KeyUseLogException(stranger.cause() + "; " + stranger.fix());
        }
        return isEmpty(file) ? fresh(file) : read(file);
    }

    private static CheckpointKey fresh(@Nullable Path empty) {
        byte[] bytes = new byte[LENGTH];
        new SecureRandom().nextBytes(bytes);
        try {
            return new CheckpointKey(bytes, empty);
        } finally {
            Wipe.bytes(bytes);
        }
    }

    private static boolean isEmpty(Path file) throws IOException {
        return Files.isRegularFile(file) && Files.size(file) == 0;
    }

    /**
     * Puts a key in the place of an empty file, if it was made for that. {@code log} is locked by the caller.
     *
     * @throws KeyUseLogException when the log has checkpoints, of a key that the file has lost; when the file has got a key
     *     meanwhile
     */
    synchronized void replaceEmptyFile(LogFiles log) throws IOException {
        Path file = empty;
        if (file == null) {
            return;
        }
        if (log.hasCheckpoints()) {
            throw new KeyUseLogException(
                    file + " is empty, and " + log.active() + " has checkpoints of another key; put that key back");
        }
        if (!isEmpty(file)) {
            throw new KeyUseLogException(file + " was written by another process at the same time; start again");
        }
        put(file.toRealPath(), true);
        empty = null;
    }

    private void put(Path file, boolean replaces) throws IOException {
        byte[] text = (HexFormat.of().formatHex(key) + "\n").getBytes(StandardCharsets.US_ASCII);
        try {
            LogFiles.rename(LogFiles.writeBeside(file, text), file, replaces);
        } finally {
            Wipe.bytes(text);
        }
    }

    private static boolean isShared(Set<PosixFilePermission> permissions) {
        return permissions.stream().anyMatch(permission -> !permission.name().startsWith("OWNER_"));
    }

    /**
     * Returns the checkpoint for a line.
     *
     * @param seq the line's number
     * @param previous the chain value of the line before
     */
    String checkpoint(long seq, String previous) {
        byte[] text = ("lockstep key-use log checkpoint " + seq + " " + previous).getBytes(StandardCharsets.US_ASCII);
        Hmac hmac = Hmac.of(HashAlgorithm.SHA256, key);
        try {
            hmac.update(text, 0, text.length);
            return HexFormat.of().formatHex(hmac.doFinal());
        } finally {
            hmac.destroy();
        }
    }

    /** Whether {@code checkpoint} was made with this key for this line. */
    boolean accepts(long seq, String previous, String checkpoint) {
        return ConstantTime.equal(
                checkpoint(seq, previous).getBytes(StandardCharsets.US_ASCII),
                checkpoint.getBytes(StandardCharsets.US_ASCII));
    }
}
