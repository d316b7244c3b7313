package dev.lockstep.keys.keyserver.protocol;

import java.util.List;

/**
 * What a frame says besides its request id. The text form of a message leaves out the bytes it carries.
 */
public sealed interface Message {

    /** The newest version of the protocol. */
    int VERSION = 3;

    /** The oldest version that is spoken: version 1 could be made to sign anything. */
    int OLDEST_VERSION = 2;

    /** From this version on a key server has verified each signature with the public key before it sends the result. */
    int VERIFYING_VERSION = 3;

    /** The longest message that is sent, in bytes. */
    int MAX_INPUT = 8192;

    /** The longest ciphertext or result, in bytes: an RSA block of 16,384 bits. */
    int MAX_RESULT = 2048;

    /** The most keys in one list. */
    int MAX_KEYS = 256;

    /** Why there is no result. */
    enum Failure {
        /** The key cannot do that. */
        UNSUPPORTED(1),
        /** There is no such key, or its device cannot be reached. */
        KEY_UNAVAILABLE(2),
        /** Refused by the policy, the rate limit or a full queue. */
        REJECTED(3),
        /** The deadline passed first. */
        TIMED_OUT(4),
        /** The request was cancelled before it was done. */
        CANCELLED(5),
        /** The key's device failed. */
        FAILED(6);

        private final int code;

        Failure(int code) {
            this.code = code;
        }

        /** Returns the number in a frame. */
        int code() {
            return code;
        }
    }

    /** First frame of a client: the versions it speaks, 1 to 65,535, the lowest first. */
    record Hello(int lowest, int highest) implements Message {}

    /**
     * First frame of a key server.
     *
     * @param version spoken from now on
     * @param maxOpen how many requests may be open at once, 1 to 65,535
     * @param keys those that this client may use and what for, at most {@link #MAX_KEYS}
     */
    record Welcome(int version, int maxOpen, List<KeyOffer> keys) implements Message {
        public Welcome {
            keys = List.copyOf(keys);
        }
    }

    /**
     * Asks for a signature.
     *
     * @param millis how long the client waits from now on, 1 to 2^31-1, 0 for as long as it takes
     * @param scheme the SignatureScheme number of TLS, 0 to 65,535; an unknown one is a matter of the key server
     * @param input the message, which the key server hashes; 1 to {@link #MAX_INPUT} bytes
     */
    record Sign(KeyId key, int millis, int scheme, Octets input) implements Message {
        /** Creates the same from the bytes. */
        public Sign(KeyId key, int millis, int scheme, byte[] input) {
            this(key, millis, scheme, new Octets(input));
        }
    }

    /**
     * Asks for the premaster secret in an RSA block. The answer has 48 bytes in any case: the secret, or bytes that
     * replace it when its padding or its version is wrong, without a word about which.
     *
     * @param millis as for {@link Sign}
     * @param ciphertext 1 to {@link #MAX_RESULT} bytes
     */
    record Decrypt(KeyId key, int millis, Octets ciphertext) implements Message {
        /** Creates the same from the bytes. */
        public Decrypt(KeyId key, int millis, byte[] ciphertext) {
            this(key, millis, new Octets(ciphertext));
        }
    }

    /** The answer to the request with this frame's id is not wanted any more. Has no answer of its own. */
    record Cancel() implements Message {}

    /** Asks which keys there are for this client. */
    record ListKeys() implements Message {}

    /** Asks whether the key server is alive. */
    record Ping() implements Message {}

    /**
     * A signature or a premaster secret.
     *
     * @param octets 1 to {@link #MAX_RESULT} bytes
     */
    record Result(Octets octets) implements Message {
        /** Creates the same from the bytes. */
        public Result(byte[] bytes) {
            this(new Octets(bytes));
        }
    }

    /** There is no result. */
    record Failed(Failure failure) implements Message {}

    /** The keys that this client may use and what for, at most {@link #MAX_KEYS}. */
    record Keys(List<KeyOffer> keys) implements Message {
        public Keys {
            keys = List.copyOf(keys);
        }
    }

    /** Answers a ping. */
    record Pong() implements Message {}
}
