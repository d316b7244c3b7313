package dev.lockstep.tls.internal.secrets;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keying material for protocols above TLS, RFC 5705. */
public final class Exporter {

    /** The labels that TLS itself derives with: RFC 5705 section 6, RFC 7627 section 8. */
    private static final Set<String> RESERVED =
            Set.of("client finished", "server finished", "master secret", "key expansion", "extended master secret");

    private Exporter() {}

    /**
     * {@code PRF(master_secret, label, client_random + server_random + context_value_length + context_value)[length]}.
     *
     * <p>RFC 5705 5-1: "such an attacker MUST NOT be able to predict the output of the exporter": who chooses the
     * context does not know the master secret.
     *
     * @param label ASCII, and none that TLS uses itself
     * @param context at most 65,535 bytes; null, which is another thing than empty, for none
     * @throws IllegalArgumentException naming the parameter, the cause and the fix
     */
    public static byte[] export(
            MasterSecret master,
            byte[] clientRandom,
            byte[] serverRandom,
            String label,
            byte @Nullable [] context,
            int length) {
        if (label.isEmpty() || !StandardCharsets.US_ASCII.newEncoder().canEncode(label)) {
            throw new IllegalArgumentException(
                    "label: empty or not ASCII; give one of the IANA registry or EXPERIMENTAL...");
        }
        // RFC 5705 6-1: "These entries are reserved and MUST NOT be used for the purpose described in RFC 5705": what
        // TLS itself derives with them must not be given away.
        if (RESERVED.contains(label)) {
            throw new IllegalArgumentException("label: '" + label + "' is TLS's own; give another one");
        }
        if (length < 1 || length > 1 << 16) {
            throw new IllegalArgumentException("length: " + length + " is out of range; give 1 to " + (1 << 16));
        }
        if (context != null && context.length > 0xffff) {
            throw new IllegalArgumentException("context: longer than 65,535 bytes; give a hash of it");
        }
        return master.derive(label, seed(clientRandom, serverRandom, context), length);
    }

    private static byte[] seed(byte[] clientRandom, byte[] serverRandom, byte @Nullable [] context) {
        byte[] seed = new byte[64 + (context == null ? 0 : 2 + context.length)];
        System.arraycopy(clientRandom, 0, seed, 0, 32);
        System.arraycopy(serverRandom, 0, seed, 32, 32);
        if (context != null) {
            seed[64] = (byte) (context.length >>> 8);
            seed[65] = (byte) context.length;
            System.arraycopy(context, 0, seed, 66, context.length);
        }
        return seed;
    }
}
