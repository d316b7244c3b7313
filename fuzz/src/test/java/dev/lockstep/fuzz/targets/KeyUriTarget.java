package dev.lockstep.fuzz.targets;

import dev.lockstep.fuzz.Target;
import dev.lockstep.keys.uri.KeyUri;
import dev.lockstep.keys.uri.Pkcs11Uri;
import dev.lockstep.testkit.util.Expect;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Where a key is, as a command line says it: PKCS#11 URIs (RFC 7512), key servers, agents and files. */
public final class KeyUriTarget implements Target {

    @Override
    public void run(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        try {
            KeyUri uri = KeyUri.parse(text);
            Expect.that(uri.equals(KeyUri.parse(text)), "it is read in two ways");
            Expect.that(!uri.describe().isEmpty(), "it has no description");
            boolean file = uri instanceof KeyUri.InFile;
            Expect.that(
                    file
                            || uri.secretFiles().stream()
                                    .noneMatch(path -> path.toString().isEmpty()),
                    "no path");
            if (uri instanceof Pkcs11Uri token) {
                int query = text.indexOf('?');
                boolean pin = query >= 0
                        && Arrays.stream(text.substring(query + 1).split("&"))
                                .anyMatch(item -> item.startsWith("pin-value="));
                Expect.that(!pin, "a PIN in the URI is accepted");
                Expect.that(
                        token.pinFile() == null || token.pinVariable() == null, "a PIN in a file and in a variable");
            }
        } catch (IllegalArgumentException refused) {
            String message = String.valueOf(refused.getMessage());
            Expect.that(message.startsWith("uri: ") && message.contains("; "), "cause and fix are not in: " + message);
        }
    }
}
