package dev.lockstep.server.serve;

import dev.lockstep.keys.ExecutorVerifier;
import dev.lockstep.server.HelpSection;
import dev.lockstep.server.HostPattern;
import dev.lockstep.server.Numbers;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.certificate.ClientTrustWarnings;
import dev.lockstep.server.credential.Findings;
import dev.lockstep.server.loop.FairPools;
import dev.lockstep.server.pem.PemFiles;
import dev.lockstep.server.pem.Reading;
import dev.lockstep.server.pem.RevocationFiles;
import dev.lockstep.server.pem.SecretFiles;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.peer.ClientCertificateVerifier;
import dev.lockstep.tls.peer.PkixVerifier;
import dev.lockstep.tls.peer.PkixVerifierBuilder;
import dev.lockstep.tls.setting.ConfigException;
import java.nio.file.Path;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which clients must show a certificate, and whose certificates are good. */
@HelpSection("Client certificates")
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
            description = "Certificates of the authorities whose clients are accepted; one that is no authority is"
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

    @Option(
            names = "--client-path-length",
            paramLabel = "N",
            description = "The most certificates of a client's path, without the authority, 1 to 100; 6 by default.")
    private @Nullable String pathLength;

    @Option(names = "--client-sha1", description = "Accept client certificates that are signed over SHA-1.")
    private boolean oldHashes;

    /** One for all configurations of a server that is reloaded. */
    private @Nullable ThreadPoolExecutor pool;

    /** Certificates and lists of one loading. */
    private record Trust(List<X509Certificate> trusted, List<X509CRL> lists) {}

    private Trust loaded = new Trust(List.of(), List.of());
    private Trust served = loaded;

    /** Every file that {@link #apply} reads. */
    List<Path> files() {
        List<Path> files = new ArrayList<>(authorities);
        files.addAll(crls);
        return files;
    }

    /** Checks who else may say which clients are trusted, by adding an authority or taking a client from a list. */
    void check(SecretFiles secrets) throws UsageError {
        for (Path file : authorities) {
            secrets.checkTrust("--client-ca", file);
        }
        for (Path file : crls) {
            secrets.checkTrust("--client-crl", file);
        }
    }

    /**
     * Configures client authentication. Chains are verified on threads of their own, so that their arithmetic holds up no
     * other connection.
     */
    void apply(TlsServerConfigBuilder builder, Clock clock, Consumer<String> full, Findings findings)
            throws UsageError {
        requireOneForEachHost();
        loaded = new Trust(List.of(), List.of());
        ClientCertificateVerifier verifier = null;
        for (String value : modes) {
            int equals = value.lastIndexOf('=');
            String mode = value.substring(equals + 1).toLowerCase(Locale.ROOT);
            if (!mode.equals("none") && verifier == null) {
                verifier = verifier(clock, full, findings);
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
        if (verifier == null) {
            refuse(!authorities.isEmpty(), "--client-ca");
            refuse(!crls.isEmpty(), "--client-crl");
            refuse(noNames, "--no-client-ca-names");
            refuse(pathLength != null, "--client-path-length");
            refuse(oldHashes, "--client-sha1");
        }
    }

    /** What was loaded last serves from now on. */
    void taken() {
        served = loaded;
    }

    /** Returns a line for each authority and list that serves and is out of date at a time. */
    List<String> outOfDate(Instant now) {
        return ClientTrustWarnings.ofDates("--client-ca", "--client-crl", served.trusted(), served.lists(), now);
    }

    private static void refuse(boolean given, String option) throws UsageError {
        if (given) {
            throw new UsageError(
                    option,
                    "no client is asked for a certificate",
                    "add --client-auth want or --client-auth require, or leave it out");
        }
    }

    /** The last of two would win, and could turn off what the first one requires. */
    private void requireOneForEachHost() throws UsageError {
        Set<String> hosts = new HashSet<>();
        for (String value : modes) {
            int equals = value.lastIndexOf('=');
            String host = equals < 0 ? "" : HostPattern.require("--client-auth", value.substring(0, equals));
            if (!hosts.add(host)) {
                throw new UsageError(
                        "--client-auth",
                        host.isEmpty() ? "was given twice without a host name" : "'" + host + "' was given twice",
                        "give one mode for each host name, and one without a name for all others");
            }
        }
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

    private int pathLength() throws UsageError {
        return pathLength == null ? 6 : Numbers.require("--client-path-length", pathLength, 1, 100, "give how many");
    }

    private ClientCertificateVerifier verifier(Clock clock, Consumer<String> full, Findings findings)
            throws UsageError {
        if (authorities.isEmpty()) {
            throw new UsageError(
                    "--client-auth",
                    "no authority of clients is trusted",
                    "name their authority with --client-ca FILE");
        }
        List<X509Certificate> trusted = new ArrayList<>();
        Reading reading = new Reading(null, note -> {
            // A list that is read from the same file is used after all.
            if (crls.isEmpty() || !note.contains("revocation list")) {
                findings.warn(note);
            }
        });
        for (Path file : authorities) {
            trusted.addAll(PemFiles.certificates("--client-ca", file, reading));
        }
        List<X509CRL> lists = new ArrayList<>();
        for (Path file : crls) {
            lists.addAll(RevocationFiles.read("--client-crl", file, findings::warn));
        }
        PkixVerifierBuilder builder =
                PkixVerifier.builder().trust(trusted).allowOldHashes(oldHashes).maxPathLength(pathLength());
        if (!crls.isEmpty()) {
            builder.crls(lists);
        }
        PkixVerifier verifier;
        try {
            verifier = builder.build();
        } catch (ConfigException e) {
            throw new UsageError("--client-ca", e.reason(), e.fix());
        }
        ClientTrustWarnings.of("--client-ca", "--client-crl", trusted, lists, !crls.isEmpty(), clock.instant())
                .forEach(findings::warn);
        loaded = new Trust(trusted, lists);
        if (pool == null) {
            pool = FairPools.of(full, THREADS, "verifications of client certificates");
        }
        return ExecutorVerifier.of(verifier, pool);
    }
}
