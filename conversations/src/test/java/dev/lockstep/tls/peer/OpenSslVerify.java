package dev.lockstep.tls.peer;

import static dev.lockstep.testkit.certificate.TestAuthority.NOW;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.opentest4j.AssertionFailedError;

/** {@code openssl verify}. */
final class OpenSslVerify {

    private final Path directory;

    OpenSslVerify(Path directory) {
        this.directory = directory;
    }

    /** Returns what OpenSSL says; it begins with "OK" if it accepts the client. */
    String judge(PathCase path) throws IOException, GeneralSecurityException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "openssl",
                "verify",
                "-purpose",
                "sslclient",
                "-partial_chain", // an anchor need not be self-signed, as with Lockstep and the JDK
                "-attime",
                Long.toString(NOW.getEpochSecond()),
                "-trusted",
                certificates("trusted.pem", path.anchors())));
        if (path.chain().size() > 1) {
            List<X509Certificate> others = path.chain().subList(1, path.chain().size());
            command.addAll(List.of("-untrusted", certificates("untrusted.pem", others)));
        }
        if (!path.crls().isEmpty()) {
            StringBuilder pem = new StringBuilder();
            for (X509CRL each : path.crls()) {
                pem.append(pem("X509 CRL", each.getEncoded()));
            }
            Path file = Files.writeString(directory.resolve("crls.pem"), pem);
            command.addAll(List.of("-crl_check_all", "-CRLfile", file.toString()));
        }
        command.add(certificates("client.pem", path.chain().subList(0, 1)));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionFailedError("openssl verify does not end");
        }
        return process.exitValue() == 0 ? "OK" : said.strip().replace('\n', ' ');
    }

    private String certificates(String name, List<X509Certificate> certificates)
            throws IOException, GeneralSecurityException {
        StringBuilder pem = new StringBuilder();
        for (X509Certificate each : certificates) {
            pem.append(pem("CERTIFICATE", each.getEncoded()));
        }
        return Files.writeString(directory.resolve(name), pem).toString();
    }

    private static String pem(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END " + label + "-----\n";
    }
}
