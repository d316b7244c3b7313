package dev.lockstep.server.serve;

import dev.lockstep.keys.ExecutorVerifier;
import dev.lockstep.keys.WorkerPools;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.pem.PemFiles;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.peer.ClientCertificateVerifier;
import dev.lockstep.tls.peer.PkixVerifier;
import dev.lockstep.tls.peer.PkixVerifierBuilder;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadPoolExecutor;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which clients must show a certificate, and whose certificates are good. */
final class ClientAuthOptions {

    private static final int THREADS = 2;

    /** A client can make a server queue examinations faster than they are done; what does not fit is refused. */
    private static final int QUEUED = 1024;

    @Option(
            names = "--client-auth",
            paramLabel = "[HOST=]MODE",
            description = "Client certificates: none (default), want or require; for one host name or *.domain too.")
    private List<String> modes = new ArrayList<>();

    @Option(
            names = "--client-ca",
            paramLabel = "FILE",
            description = "Certificates of the authorities whose clients are let in, in PEM. Repeatable.")
    private List<Path> authorities = new ArrayList<>();

    @Option(
            names = "--client-crl",
            paramLabel = "FILE",
            description =
                    "Revocation lists of those authorities, in PEM or DER; then each of them needs one. Repeatable.")
    private List<Path> crls = new ArrayList<>();

    /** One for all configurations of a server that is reloaded. */
    private final ThreadPoolExecutor pool = WorkerPools.boundedPool(THREADS, QUEUED);

    /** Every file that {@link #apply} reads. */
    List<Path> files() {
        List<Path> files = new ArrayList<>(authorities);
        files.addAll(crls);
        return files;
    }

    /** Chains are verified on threads of their own, so that their arithmetic holds up no other connection. */
    void apply(TlsServerConfigBuilder builder) throws UsageError {
        ClientCertificateVerifier verifier = null;
        for (String value : modes) {
            int equals = value.lastIndexOf('=');
            String mode = value.substring(equals + 1).toLowerCase(Locale.ROOT);
            if (!mode.equals("none") && verifier == null) {
                verifier = verifier();
            }
            ClientAuthentication policy = policy(value, mode, verifier);
            if (equals < 0) {
                builder.clientAuthentication(policy);
                continue;
            }
            try {
                builder.clientAuthentication(value.substring(0, equals), policy);
            } catch (IllegalArgumentException e) {
                throw UsageError.of("--client-auth", e);
            }
        }
        if (verifier == null && !(authorities.isEmpty() && crls.isEmpty())) {
            throw new UsageError(
                    authorities.isEmpty() ? "--client-crl" : "--client-ca",
                    "no client is asked for a certificate",
                    "add --client-auth want or --client-auth require, or leave it out");
        }
    }

    private static ClientAuthentication policy(String value, String mode, @Nullable ClientCertificateVerifier verifier)
            throws UsageError {
        if (mode.equals("none")) {
            return ClientAuthentication.none();
        }
        if (verifier != null && mode.equals("want")) {
            return ClientAuthentication.wanted(verifier);
        }
        if (verifier != null && mode.equals("require")) {
            return ClientAuthentication.required(verifier);
        }
        throw new UsageError("--client-auth", "'" + value + "' has no such mode", "use none, want or require");
    }

    private ClientCertificateVerifier verifier() throws UsageError {
        if (authorities.isEmpty()) {
            throw new UsageError(
                    "--client-auth", "nobody's clients are trusted", "name their authority with --client-ca FILE");
        }
        PkixVerifierBuilder builder = PkixVerifier.builder();
        for (Path file : authorities) {
            builder.trust(PemFiles.certificates("--client-ca", file));
        }
        if (!crls.isEmpty()) {
            List<X509CRL> lists = new ArrayList<>();
            for (Path file : crls) {
                lists.addAll(revocationLists(file));
            }
            builder.crls(lists);
        }
        return ExecutorVerifier.of(builder.build(), pool);
    }

    private static List<X509CRL> revocationLists(Path file) throws UsageError {
        byte[] content = PemFiles.text("--client-crl", file).getBytes(StandardCharsets.ISO_8859_1);
        List<X509CRL> lists = new ArrayList<>();
        try {
            CertificateFactory.getInstance("X.509")
                    .generateCRLs(new ByteArrayInputStream(content))
                    .forEach(list -> lists.add((X509CRL) list));
        } catch (CRLException | CertificateException e) {
            throw new UsageError(
                    "--client-crl", file + " holds no revocation list that can be read", "fetch the file again");
        }
        if (lists.isEmpty()) {
            throw new UsageError("--client-crl", file + " holds no revocation list", "give a file with one");
        }
        return lists;
    }
}
