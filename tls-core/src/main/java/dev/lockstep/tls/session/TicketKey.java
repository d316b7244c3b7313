package dev.lockstep.tls.session;

import dev.lockstep.crypto.ConstantTime;
import dev.lockstep.crypto.Wipe;
import dev.lockstep.crypto.aead.Aead;
import dev.lockstep.crypto.aead.AeadAlgorithm;
import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.crypto.hash.Hmac;
import dev.lockstep.tls.setting.ConfigException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A key for session tickets, with the name under which tickets refer to it.
 *
 * <p>It is made of 80 bytes, in the layout of the files that nginx ({@code ssl_session_ticket_key}) and Envoy read: a
 * name of 16, an HMAC key of 32, an AES key of 32. Those servers encrypt with AES-CBC and HMAC; here AES-256-GCM is
 * used, with a key of its own: {@code HMAC-SHA256(HMAC key + AES key, label + name)}. So one file may serve both, and
 * no key is used in two ways. The tickets of the one do not open at the other.
 *
 * <pre>
 * struct {
 *     opaque key_name[16];                     // RFC 5077 section 4
 *     opaque nonce[12];                        // random
 *     opaque encrypted_state[..];              // the session, and a tag of 16 bytes
 * } Ticket;                                    // additional data: label + key_name
 * </pre>
 *
 * <p>RFC 5077 5.2-1, 5.7-2: "A TLS server MUST use strong encryption and integrity protection for the ticket to prevent
 * an attacker from using a brute force mechanism to obtain the ticket's contents." RFC 9325 3.4-1, 3.4-2: no suite here
 * has a stronger cipher.
 *
 * <p>Safe for any thread.
 */
public final class TicketKey {

    /** The length of a key file, in bytes. */
    public static final int FILE_LENGTH = 80;

    /** The length of {@link #name}, in bytes. */
    public static final int NAME_LENGTH = 16;

    /** NIST SP 800-38D 8.3: no more than 2^32 invocations with random nonces of 96 bits. */
    static final long MAX_SEALED = 1L << 32;

    private static final AeadAlgorithm ALGORITHM = AeadAlgorithm.AES_256_GCM;
    private static final int SHORT_FILE_LENGTH = 48;
    private static final byte[] KEY_LABEL = "lockstep ticket key, AES-256-GCM, 1:".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TICKET_LABEL = "lockstep ticket 1:".getBytes(StandardCharsets.US_ASCII);

    private final byte[] name;
    private final byte[] key;
    private final byte[] additionalData;
    private final AtomicLong sealed;
    private boolean destroyed;

    private TicketKey(byte[] name, byte[] key, long sealed) {
        this.name = name;
        this.key = key;
        this.additionalData = concat(TICKET_LABEL, name);
        this.sealed = new AtomicLong(sealed);
    }

    /**
     * Reads the content of a key file.
     *
     * @param content 80 bytes, for the caller to wipe
     * @throws ConfigException for another length, or a secret that is one byte repeated, such as a file of zeros
     */
    public static TicketKey of(byte[] content) {
        return of(content, 0);
    }

    /** @param sealed how many tickets the key has sealed already */
    static TicketKey of(byte[] content, long sealed) {
        if (content.length == SHORT_FILE_LENGTH) {
            throw new ConfigException(
                    "ticketKey",
                    "a ticket key of 48 bytes is for AES-128, which is not used here",
                    "give 80 bytes (openssl rand 80)");
        }
        if (content.length != FILE_LENGTH) {
            throw new ConfigException(
                    "ticketKey", "a ticket key of " + content.length + " bytes", "give 80 bytes (openssl rand 80)");
        }
        int difference = 0;
        for (int i = NAME_LENGTH; i < FILE_LENGTH; i++) {
            difference |= content[i] ^ content[NAME_LENGTH];
        }
        if (difference == 0) {
            throw new ConfigException(
                    "ticketKey",
                    "a ticket key that is one byte repeated, which is no secret",
                    "give 80 random bytes (openssl rand 80)");
        }
        byte[] name = Arrays.copyOf(content, NAME_LENGTH);
        byte[] secret = Arrays.copyOfRange(content, NAME_LENGTH, FILE_LENGTH);
        Hmac hmac = Hmac.of(HashAlgorithm.SHA256, secret);
        try {
            hmac.update(KEY_LABEL, 0, KEY_LABEL.length);
            hmac.update(name, 0, name.length);
            return new TicketKey(name, hmac.doFinal(), sealed);
        } finally {
            hmac.destroy();
            Wipe.bytes(secret);
        }
    }

    /** Returns a new key out of {@code random}. */
    public static TicketKey generate(SecureRandom random) {
        byte[] content = new byte[FILE_LENGTH];
        random.nextBytes(content);
        try {
            return of(content);
        } finally {
            Wipe.bytes(content);
        }
    }

    /** Returns a copy of the name, 16 bytes; no secret. */
    public byte[] name() {
        return name.clone();
    }

    /** Returns whether a ticket says that it is of this key. */
    boolean named(byte[] ticket) {
        return ticket.length >= NAME_LENGTH && Arrays.equals(name, 0, NAME_LENGTH, ticket, 0, NAME_LENGTH);
    }

    boolean sameName(TicketKey other) {
        return Arrays.equals(name, other.name);
    }

    boolean sameSecret(TicketKey other) {
        byte[] mine = copyOfKey();
        byte[] theirs = other.copyOfKey();
        try {
            return mine != null && theirs != null && ConstantTime.equal(mine, theirs);
        } finally {
            Wipe.bytes(mine, theirs);
        }
    }

    /** Returns whether the key has sealed as many tickets as one key may. */
    boolean isExhausted() {
        return sealed.get() >= MAX_SEALED;
    }

    /** The ticket around {@code state}; null when the key is exhausted or destroyed. */
    byte @Nullable [] seal(byte[] state, SecureRandom random) {
        if (sealed.getAndIncrement() >= MAX_SEALED) {
            return null;
        }
        byte[] secret = copyOfKey();
        if (secret == null) {
            return null;
        }
        try {
            return seal(secret, state, random);
        } finally {
            Wipe.bytes(secret);
        }
    }

    private byte[] seal(byte[] secret, byte[] state, SecureRandom random) {
        byte[] nonce = new byte[ALGORITHM.nonceLength()];
        random.nextBytes(nonce);
        int header = NAME_LENGTH + nonce.length;
        byte[] ticket = new byte[header + state.length + ALGORITHM.tagLength()];
        System.arraycopy(name, 0, ticket, 0, NAME_LENGTH);
        System.arraycopy(nonce, 0, ticket, NAME_LENGTH, nonce.length);
        Aead aead = Aead.sealing(ALGORITHM, secret, 0);
        try {
            aead.seal(nonce, additionalData, additionalData.length, state, 0, state.length, ticket, header);
        } finally {
            aead.destroy();
        }
        return ticket;
    }

    /** The state inside a ticket of this name, for the caller to wipe; null when it does not verify. */
    byte @Nullable [] open(byte[] ticket) {
        // Before the key is copied: any client can send a short ticket.
        if (ticket.length < NAME_LENGTH + ALGORITHM.nonceLength() + ALGORITHM.tagLength()) {
            return null;
        }
        byte[] secret = copyOfKey();
        if (secret == null) {
            return null;
        }
        try {
            return open(secret, ticket);
        } finally {
            Wipe.bytes(secret);
        }
    }

    private byte @Nullable [] open(byte[] secret, byte[] ticket) {
        int header = NAME_LENGTH + ALGORITHM.nonceLength();
        int length = ticket.length - header;
        byte[] nonce = Arrays.copyOfRange(ticket, NAME_LENGTH, header);
        byte[] state = new byte[length - ALGORITHM.tagLength()];
        Aead aead = Aead.opening(ALGORITHM, secret, 0);
        try {
            return aead.open(nonce, additionalData, additionalData.length, ticket, header, length, state, 0) < 0
                    ? null
                    : state;
        } finally {
            aead.destroy();
        }
    }

    /** Clears the key: it neither seals nor opens any more. */
    public synchronized void destroy() {
        destroyed = true;
        Wipe.bytes(key);
    }

    synchronized boolean isDestroyed() {
        return destroyed;
    }

    /** Returns the name and nothing else. */
    @Override
    public String toString() {
        return "TicketKey[" + HexFormat.of().formatHex(name) + "]";
    }

    /** For the caller to wipe on every path. */
    private synchronized byte @Nullable [] copyOfKey() {
        return destroyed ? null : key.clone();
    }

    private static byte[] concat(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }
}
