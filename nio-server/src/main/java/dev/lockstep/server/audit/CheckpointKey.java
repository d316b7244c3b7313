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
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;

/**
 * The log's own key. A checkpoint is an HMAC-SHA256 under it over a chain value, and so over every line before: one who may
 * write the log's files but has no such key cannot recompute what a checkpoint covers. Safe for any thread.
 */
public final class CheckpointKey {

    /** Bytes of the key; its file has twice as many hex digits. */
    private static final int LENGTH = 32;

    private final byte[] key;

    private CheckpointKey(byte[] key) {
        this.key = key.clone();
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
            return new CheckpointKey(bytes);
        } finally {
            Wipe.bytes(text, bytes);
        }
    }

    /**
     * Reads a key; when the file is not there, makes it first, with a new key and for its owner alone. Another user's file is
     * refused here and not by {@link #read}: root may verify the log of any user, and does not write it.
     *
     * @throws KeyUseLogException as {@link #read}, or when the file belongs to another user than root or this process's own
     * @throws IOException as {@link #read}, or when the file cannot be made
     */
    public static CheckpointKey readOrMake(Path file) throws IOException {
        try {
            LogFiles.createPrivate(file);
        } catch (FileAlreadyExistsException e) {
            FileOwner.Finding stranger = FileOwner.ofThisProcess().stranger(file);
            if (stranger != null) {
                throw new KeyUseLogException(stranger.cause() + "; " + stranger.fix());
            }
            return read(file);
        }
        byte[] fresh = new byte[LENGTH];
        new SecureRandom().nextBytes(fresh);
        byte[] text = (HexFormat.of().formatHex(fresh) + "\n").getBytes(StandardCharsets.US_ASCII);
        try {
            Files.write(file, text);
            return new CheckpointKey(fresh);
        } finally {
            Wipe.bytes(fresh, text);
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
