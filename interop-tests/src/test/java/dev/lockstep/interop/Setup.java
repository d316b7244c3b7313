package dev.lockstep.interop;

import java.util.ArrayList;
import java.util.List;

/**
 * One way of starting the server. Every setup serves all {@link KeyKind}s, chosen by server_name.
 *
 * @param keys where the private keys are
 * @param service what the server does with application data
 * @param groups the groups it has, in its order of preference
 * @param more other options of its command line
 */
record Setup(Keys keys, Service service, Groups groups, List<String> more) {
    Setup(Keys keys, Service service, Groups groups) {
        this(keys, service, groups, List.of());
    }

    /** A client with an ECDSA certificate to verify offers two curves; which one is used depends on the order. */
    enum Groups {
        LARGE_FIRST("x25519,x448,secp521r1,secp384r1,secp256r1", "ffdhe2048"),
        SMALL_FIRST("x25519,x448,secp256r1,secp384r1,secp521r1", "ffdhe3072");

        private final String curves;
        private final String finiteField;

        Groups(String curves, String finiteField) {
            this.curves = curves;
            this.finiteField = finiteField;
        }

        /** The only finite-field group: a client that offers none is served with what the server has. */
        String finiteField() {
            return finiteField;
        }
    }

    /** How the private keys answer. */
    enum Keys {
        /** Inside the step that asks. */
        INLINE("--key-inline"),
        /** Twenty milliseconds later, the handshake being suspended meanwhile. */
        DELAYED("--key-delay-ms", "20");

        private final List<String> options;

        Keys(String... options) {
            this.options = List.of(options);
        }

        List<String> options() {
            return options;
        }
    }

    /** What is done with application data. */
    enum Service {
        HTTP("--no-keep-alive"),
        ECHO("--echo");

        private final String option;

        Service(String option) {
            this.option = option;
        }
    }

    /** The command line, with the port left open. */
    List<String> command(TestPki pki) {
        List<String> words = new ArrayList<>(LockstepJar.command());
        words.addAll(List.of("serve", "--host", "127.0.0.1", "--port", ServerProcess.PORT));
        words.addAll(List.of("--policy", "compatible", service.option));
        words.addAll(keys.options());
        words.addAll(List.of("--groups", groups.curves + "," + groups.finiteField));
        words.addAll(more);
        for (KeyKind kind : KeyKind.values()) {
            KeyMaterial leaf = pki.leaf(kind);
            if (kind.isDefault()) {
                words.addAll(List.of(
                        "--cert", leaf.chain().toString(), "--key", leaf.key().toString()));
            }
            words.addAll(List.of("--sni", kind.host() + "=" + leaf.chain() + "," + leaf.key()));
        }
        return words;
    }
}
