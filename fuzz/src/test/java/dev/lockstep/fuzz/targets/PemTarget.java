package dev.lockstep.fuzz.targets;

import dev.lockstep.crypto.ocsp.OcspResponse;
import dev.lockstep.fuzz.FileBytes;
import dev.lockstep.fuzz.Input;
import dev.lockstep.fuzz.Target;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.pem.PemFiles;
import dev.lockstep.server.pem.Reading;
import dev.lockstep.server.pem.RevocationFiles;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.util.Expect;
import java.io.IOException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/** Files with certificates, keys, revocation lists and OCSP responses, in whatever format. The first byte chooses. */
public final class PemTarget implements Target {

    private static final char[] PASSWORD = {'s', 'e', 'c', 'r', 'e', 't'};

    private final FileBytes file;
    private final List<X509Certificate> chain = TestIdentity.P256.chain();

    /** @throws IOException when there is no place for a file */
    public PemTarget() throws IOException {
        file = new FileBytes();
    }

    @Override
    public void run(byte[] bytes) throws Exception {
        Input input = new Input(bytes);
        int choice = input.below(5);
        byte[] content = input.rest();
        if (choice == 4) {
            ocsp(content);
            return;
        }
        file.write(content);
        FileBytes.isRead(() -> {
            switch (choice) {
                case 0 -> certificates();
                case 1 -> key(Reading.PLAIN);
                case 2 -> key(new Reading(PASSWORD, note -> {}));
                default -> RevocationFiles.read("--client-crl", file.path(), note -> {});
            }
        });
    }

    private void certificates() throws UsageError {
        for (String option : List.of("--cert", "--client-ca")) {
            Expect.that(!PemFiles.certificates(option, file.path()).isEmpty(), "a file of certificates without one");
        }
    }

    private void key(Reading reading) throws UsageError {
        PrivateKey key = PemFiles.privateKey("--key", file.path(), reading);
        Expect.that(!key.getAlgorithm().isEmpty(), "a key without an algorithm");
    }

    private void ocsp(byte[] content) {
        try {
            OcspResponse response = OcspResponse.parse(content, chain.get(0), null);
            Expect.that(response.thisUpdate() != null, "a response without a time");
        } catch (IllegalArgumentException refused) {
            Expect.that(refused.getMessage() != null, "refused without a word");
        }
    }
}
