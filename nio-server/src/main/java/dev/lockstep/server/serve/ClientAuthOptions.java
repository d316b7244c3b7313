package dev.lockstep.server.serve;

import dev.lockstep.keys.ExecutorVerifier;
import dev.lockstep.server.Environment;
import dev.lockstep.server.FairPools;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.pem.PemFiles;
import dev.lockstep.server.pem.RevocationFiles;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.peer.ClientCertificateVerifier;
import dev.lockstep.tls.peer.PkixVerifier;
import dev.lockstep.tls.peer.PkixVerifierBuilder;
import dev.lockstep.tls.setting.ConfigException;
import java.nio.file.Path;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadPoolExecutor;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which clients must show a certificate, and whose certificates are good. */
final class ClientAuthOptions {

    private static final int THREADS = 2;

    @Option(
            names = "--client-auth",
            paramLabel = "[HOST=]MODE",
            description = "Client certificates: none (default), want or require; for one host name or *.domain too.")
    private List<String> modes = new ArrayList<>();

    @Option(
            names = "--client-ca",
            paramLabel = "FILE",
            description =
                    "Certificates of the authorities whose clients are accepted, in PEM; one that is no authority is"
                            + " accepted itself. Repeatable.")
    private List<Path> authorities = new ArrayList<>();

    @Option(
            names = "--client-crl",
            paramLabel = "FILE",
            description =
                    "Revocation lists of those authorities, in PEM or DER, of at most 100 MB; then each of them needs"
                            + " one. Repeatable.")
    private List<Path> crls = new ArrayList<>();

    @Option(
            names = "--no-client-ca-names",
            description =
                    "List no authorities when asking for a certificate: the client chooses among all that it has.")
    private boolean noNames;

    /** One for all configurations of a server that is reloaded. */
    private @Nullable ThreadPoolExecutor pool;

    /** Every file that {@link #apply} reads. */
    List<Path> files() {
        List<Path> files = new ArrayList<>(authorities);
        files.addAll(crls);
        return files;
    }

    /**
     * Configures client authentication. Chains are verified on threads of their own, so that their arithmetic holds up no
     * other connection.
     *
     * @return warnings, a line each
     */
    List<String> apply(TlsServerConfigBuilder builder, Environment environment) throws UsageError {
        List<String> warnings = new ArrayList<>();
        ClientCertificateVerifier verifier = null;
        for (String value : modes) {
            int equals = value.lastIndexOf('=');
            String mode = value.substring(equals + 1).toLowerCase(Locale.ROOT);
            if (!mode.equals("none") && verifier == null) {
                verifier = verifier(environment, warnings);
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
        if (verifier == null && noNames) {
            throw new UsageError(
                    "--no-client-ca-names",
                    "no client is asked for a certificate",
                    "add --client-auth want or --client-auth require, or leave it out");
        }
        return warnings;
    }

    private ClientAuthentication policy(String value, String mode, @Nullable ClientCertificateVerifier verifier)
            throws UsageError {
        if (mode.equals("none")) {
            return ClientAuthentication.none();
        }
        if (verifier != null && mode.equals("want")) {
            return listing(ClientAuthentication.wanted(verifier), verifier);
        }
        if (verifier != null && mode.equals("require")) {
            return listing(ClientAuthentication.required(verifier), verifier);
        }
        throw new UsageError("--client-auth", "'" + value + "' has no such mode", "use none, want or require");
    }

    /** The policy with the names of the authorities, which the message has 64 KiB for. */
    private ClientAuthentication listing(ClientAuthentication policy, ClientCertificateVerifier verifier)
            throws UsageError {
        try {
            return policy.withCertificateAuthorities(noNames ? List.of() : verifier.acceptedIssuers());
        } catch (ConfigException e) {
            throw new UsageError("--client-ca", e.reason(), "name fewer authorities, or add --no-client-ca-names");
        }
    }

    private ClientCertificateVerifier verifier(Environment environment, List<String> warnings) throws UsageError {
        if (authorities.isEmpty()) {
            throw new UsageError(
                    "--client-auth", "nobody's clients are trusted", "name their authority with --client-ca FILE");
        }
        List<X509Certificate> trusted = new ArrayList<>();
        for (Path file : authorities) {
            trusted.addAll(PemFiles.certificates("--client-ca", file));
        }
        List<X509CRL> lists = new ArrayList<>();
        for (Path file : crls) {
            lists.addAll(RevocationFiles.read(file));
        }
        PkixVerifierBuilder builder = PkixVerifier.builder().trust(trusted);
        if (!crls.isEmpty()) {
            builder.crls(lists);
        }
        PkixVerifier verifier;
        try {
            verifier = builder.build();
        } catch (ConfigException e) {
            throw new UsageError("--client-ca", e.reason(), e.fix());
        }
        warnings.addAll(ClientTrustWarnings.of(trusted, lists, !crls.isEmpty(), environment.clock()));
        if (pool == null) {
            pool = FairPools.of(environment, THREADS, "verifications of client certificates");
        }
        return ExecutorVerifier.of(verifier, pool);
    }
}
