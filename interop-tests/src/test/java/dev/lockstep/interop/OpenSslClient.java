package dev.lockstep.interop;

import dev.lockstep.interop.Setup.Service;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code openssl s_client}. */
final class OpenSslClient implements Peer {
    @Override
    public String name() {
        return "OpenSSL";
    }

    @Override
    public void require() {
        Tools.require(List.of("openssl"), "openssl");
    }

    @Override
    public Set<KeyKind> kinds() {
        return EnumSet.allOf(KeyKind.class);
    }

    @Override
    public Service service() {
        return Service.ECHO;
    }

    @Override
    public Exchange talk(Target target, String payload) throws IOException, InterruptedException {
        return talk(target, List.of(), payload).exchange();
    }

    /** As {@link #talk(Target, String)} with more options, and what was agreed. */
    Session talk(Target target, List<String> options, String payload) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("openssl", "s_client", "-tls1_2", "-brief"));
        command.addAll(List.of("-connect", "127.0.0.1:" + target.port()));
        command.addAll(List.of("-servername", target.host(), "-verify_hostname", target.host()));
        command.addAll(List.of("-verify_return_error", "-CAfile", target.trust().toString()));
        command.addAll(options);
        // A person's own OPENSSL_CONF must not change what is offered.
        LineClient.Result result = LineClient.run(command, Map.of("OPENSSL_CONF", "/dev/null"), payload);
        boolean trusted = result.said().contains("Verification: OK")
                && result.said().contains("Verified peername: " + target.host());
        Exchange.Outcome outcome = Exchange.Outcome.FAILED;
        if (result.exit() == 0 && result.echoed() && trusted) {
            outcome = Exchange.Outcome.COMPLETED;
        } else if (result.exit() != 0 && result.said().contains("certificate verify failed")) {
            outcome = Exchange.Outcome.CERTIFICATE_REFUSED;
        }
        return new Session(new Exchange(outcome, String.join(" ", command) + "\n" + result.said()));
    }

    /** What {@code s_client -brief} says was agreed; a value that was not said is empty. */
    record Session(Exchange exchange) {
        String protocol() {
            return line("Protocol version: ");
        }

        /** OpenSSL's name of the suite. */
        String suite() {
            return line("Ciphersuite: ");
        }

        /** For instance {@code X25519, 253 bits} or {@code ECDH, prime256v1, 256 bits} or {@code DH, 2048 bits}. */
        String temporaryKey() {
            return line("Server Temp Key: ");
        }

        /** The hash of the server's signature. */
        String hash() {
            return line("Hash used: ");
        }

        /** For instance {@code RSA}, {@code RSA-PSS}, {@code ECDSA}, {@code ed25519}. */
        String signatureType() {
            return line("Signature type: ");
        }

        private String line(String label) {
            return exchange.said()
                    .lines()
                    .filter(text -> text.startsWith(label))
                    .map(text -> text.substring(label.length()).strip())
                    .findFirst()
                    .orElse("");
        }
    }
}
