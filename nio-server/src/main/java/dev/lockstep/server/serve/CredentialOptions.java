package dev.lockstep.server.serve;

import dev.lockstep.keys.uri.KeyServerUri;
import dev.lockstep.keys.uri.KeyUri;
import dev.lockstep.server.HelpSection;
import dev.lockstep.server.HostPattern;
import dev.lockstep.server.Numbers;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.credential.CredentialFiles;
import dev.lockstep.server.credential.Findings;
import dev.lockstep.server.credential.KeyMode;
import dev.lockstep.server.credential.OcspFiles;
import dev.lockstep.server.files.FileNames;
import dev.lockstep.server.pem.SecretFiles;
import dev.lockstep.tls.config.CredentialOrder;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.key.SignatureVerification;
import dev.lockstep.tls.provider.CryptoProviders;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.interfaces.ECKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which certificates a server has, and where their keys are. */
@HelpSection("Certificates and keys")
final class CredentialOptions {

    /** Milliseconds. A handshake waits 30 s for a key, so a longer delay would fail every one. */
    private static final int LONGEST_KEY_DELAY = 25_000;

    @Option(
            names = "--cert",
            paramLabel = "FILE",
            description = "Certificate chain, leaf first: PEM, DER, PKCS#7 or PKCS#12. Repeat --cert and --key for"
                    + " another key type.")
    private List<Path> certs = new ArrayList<>();

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "The key of the --cert with the same number: a file (PKCS#8, also encrypted, PKCS#1, SEC1,"
                    + " OpenSSH, PKCS#12), " + KeyUri.FORMS + ".")
    private List<String> keys = new ArrayList<>();

    @Option(
            names = "--allow-ca-certificate",
            description = "Take a --cert that is a certificate authority's, as 'openssl req -x509' makes them.")
    boolean allowCaCertificate;

    @Option(
            names = "--key-password-file",
            paramLabel = "FILE",
            description =
                    "File whose first line is the password of encrypted keys and PKCS#12; without it, the variable"
                            + " LOCKSTEP_KEY_PASSWORD has it.")
    @Nullable
    Path keyPasswordFile;

    @Option(
            names = "--sni",
            paramLabel = "HOST=CERT,KEY",
            description = "Another certificate and key for a host name or *.domain. Repeatable.")
    private List<String> sni = new ArrayList<>();

    @Option(
            names = "--sni-strict",
            description = "Refuse clients that name a host without an --sni of its own (unrecognized_name).")
    private boolean sniStrict;

    @Option(
            names = "--key-delay-ms",
            paramLabel = "N",
            description = "Keys from files answer N milliseconds later, 0 to 25000.")
    private @Nullable String keyDelay;

    @Option(names = "--key-inline", description = "Keys from files compute on the selector thread.")
    private boolean keyInline;

    @Option(
            names = "--prefer",
            paramLabel = "WHAT",
            description =
                    "What decides first among several certificates: suites (default), the first suite that any of them"
                            + " can serve; certificates, the first --cert that can serve the client at all.")
    private String credentialOrder = "suites";

    @Option(
            names = "--verify-signatures",
            paramLabel = "WHICH",
            description = "Which signatures connections verify before they send them: unverified (default), those that"
                    + " neither a key server nor the signing thread has verified, and all with RSA; all.")
    private String verifiedSignatures = "unverified";

    @Option(
            names = "--require-keys",
            description =
                    "Do not start if a token, key server or agent does not answer; without it, the server starts and"
                            + " keeps trying. Keys in files are always required.")
    boolean requireKeys;

    @Mixin
    private final StaplingOptions stapling = new StaplingOptions();

    /** Whether there may be no certificate at all. */
    boolean optional;

    /**
     * One certificate and its key, as they were asked for.
     *
     * @param host a checked pattern as it was written; null for clients without a name of their own
     */
    private record Pair(@Nullable String host, String certOption, Path cert, String keyOption, KeyUri key) {}

    /** Every file that is read for the credentials. */
    List<Path> files() throws UsageError {
        List<Path> files = new ArrayList<>();
        for (Pair pair : pairs()) {
            files.add(pair.cert());
            if (pair.key() instanceof KeyUri.InFile key) {
                files.add(key.path());
            } else if (pair.key() instanceof KeyServerUri server) {
                files.addAll(server.files());
            }
        }
        if (keyPasswordFile != null) {
            files.add(keyPasswordFile);
        }
        files.addAll(stapling.files());
        return files;
    }

    /** Checks who else may read or write the files with secrets. */
    void check(SecretFiles secrets) throws UsageError {
        for (Pair pair : pairs()) {
            for (Path file : pair.key().secretFiles()) {
                secrets.check(pair.keyOption(), file);
            }
        }
        if (keyPasswordFile != null) {
            secrets.check("--key-password-file", keyPasswordFile);
        }
    }

    /** Where keys from files work. */
    KeyMode keyMode(Consumer<String> full, CryptoProviders providers) throws UsageError {
        if (keyDelay == null) {
            return keyInline ? KeyMode.inline(providers) : KeyMode.pooled(full, providers);
        }
        if (keyInline) {
            throw new UsageError("--key-inline", "contradicts --key-delay-ms", "choose one");
        }
        return KeyMode.delayed(
                Numbers.require("--key-delay-ms", keyDelay, 0, LONGEST_KEY_DELAY, "give milliseconds"), providers);
    }

    /** Where the keys are, in a few words. */
    String describe(KeyMode keyMode) throws UsageError {
        Set<String> places = new LinkedHashSet<>();
        for (Pair pair : pairs()) {
            places.add(
                    pair.key() instanceof KeyUri.InFile
                            ? keyMode.describe()
                            : "key in " + pair.key().describe());
        }
        return places.isEmpty() ? "no certificate" : String.join(", ", places);
    }

    /** Puts every certificate with its key into the configuration. */
    void apply(TlsServerConfigBuilder builder, CredentialFiles files, Findings findings, Instant now)
            throws UsageError {
        Set<String> seen = new HashSet<>();
        stapling.requireCertificates(certs.size(), sni.size());
        OcspFiles responses = stapling.responses(findings, now);
        boolean[] isFirst = {true};
        for (Pair pair : pairs()) {
            findings.attempt(() -> {
                Credential credential =
                        responses.addTo(files.load(pair.certOption(), pair.cert(), pair.keyOption(), pair.key()));
                requireNew(seen, pair.host(), pair.certOption(), credential);
                add(builder, pair.host(), isFirst[0] ? stapling.withTimestamps(credential) : credential);
            });
            isFirst[0] = false; // only --cert comes first, if there is one
        }
        responses.warnOfOthers();
        if (sniStrict && sni.isEmpty()) {
            throw new UsageError("--sni-strict", "no host name is known", "add --sni HOST=CERT,KEY for each");
        }
        builder.requireKnownServerName(sniStrict);
        builder.credentialOrder(order());
        builder.signatureVerification(verification());
    }

    private static void add(TlsServerConfigBuilder builder, @Nullable String host, Credential credential)
            throws UsageError {
        if (host == null) {
            builder.credential(credential);
            return;
        }
        try {
            builder.credential(host, credential);
        } catch (IllegalArgumentException e) {
            throw UsageError.of("--sni", e);
        }
    }

    private CredentialOrder order() throws UsageError {
        return switch (credentialOrder) {
            case "suites" -> CredentialOrder.SUITES_FIRST;
            case "certificates" -> CredentialOrder.CREDENTIALS_FIRST;
            default ->
                throw new UsageError("--prefer", "'" + credentialOrder + "' is no order", "use suites or certificates");
        };
    }

    private SignatureVerification verification() throws UsageError {
        return switch (verifiedSignatures) {
            case "unverified" -> SignatureVerification.unlessVerified();
            case "all" -> SignatureVerification.always();
            default ->
                throw new UsageError(
                        "--verify-signatures",
                        "'" + verifiedSignatures + "' is neither of the two",
                        "use unverified or all");
        };
    }

    private List<Pair> pairs() throws UsageError {
        requirePairs();
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < certs.size(); i++) {
            pairs.add(new Pair(null, "--cert", certs.get(i), "--key", place("--key", keys.get(i))));
        }
        for (String value : sni) {
            pairs.add(sniPair(value));
        }
        boolean fromFile = pairs.stream().anyMatch(pair -> pair.key() instanceof KeyUri.InFile);
        if (!fromFile && (keyInline || keyDelay != null)) {
            throw new UsageError(
                    keyInline ? "--key-inline" : "--key-delay-ms", "no key comes from a file", "leave it out");
        }
        return pairs;
    }

    private void requirePairs() throws UsageError {
        if (certs.isEmpty() && keys.isEmpty() && sni.isEmpty() && !optional) {
            throw new UsageError(
                    "--cert", "none was given", "give --cert FILE --key KEY, or try 'lockstep demo' without files");
        }
        if (keys.isEmpty() && !certs.isEmpty()) {
            throw new UsageError(
                    "--key", "none was given for the --cert", "add --key and where the key is: " + KeyUri.FORMS);
        }
        if (certs.size() != keys.size()) {
            throw new UsageError(
                    certs.size() > keys.size() ? "--key" : "--cert",
                    "there are " + certs.size() + " --cert and " + keys.size() + " --key",
                    "give one --key for each --cert, in the same order");
        }
    }

    private static Pair sniPair(String value) throws UsageError {
        int equals = value.indexOf('=');
        int comma = comma(value);
        if (equals <= 0 || comma < equals + 2 || comma == value.length() - 1) {
            throw new UsageError("--sni", "'" + value + "' has another form", "write HOST=CERTFILE,KEY");
        }
        String host = value.substring(0, equals);
        String unused = HostPattern.require("--sni", host);
        Path cert = FileNames.path("--sni", value.substring(equals + 1, comma));
        return new Pair(host, "--sni", cert, "--sni", place("--sni", value.substring(comma + 1)));
    }

    /** The comma between certificate and key. The key's URI may have commas of its own, and so may a file's name. */
    private static int comma(String value) {
        String lower = value.toLowerCase(Locale.ROOT);
        return KeyUri.SCHEMES.stream()
                .mapToInt(scheme -> lower.indexOf("," + scheme))
                .filter(at -> at >= 0)
                .min()
                .orElse(value.lastIndexOf(','));
    }

    private static KeyUri place(String option, String text) throws UsageError {
        try {
            return KeyUri.parse(text);
        } catch (IllegalArgumentException e) {
            throw UsageError.of(option, e);
        }
    }

    /** Of two certificates of one kind for one name, one would never be sent. */
    private static void requireNew(Set<String> seen, @Nullable String host, String option, Credential credential)
            throws UsageError {
        PublicKey key = credential.certificate().getPublicKey();
        String kind = key instanceof ECKey ec
                ? "EC key of " + ec.getParams().getCurve().getField().getFieldSize() + " bits"
                : key.getAlgorithm() + " key";
        if (!seen.add((host == null ? "" : HostPattern.normal(host)) + " " + kind)) {
            throw new UsageError(
                    option,
                    "there are two certificates with an " + kind
                            + (host == null ? " for clients without a server name" : " for '" + host + "'"),
                    "give one for each kind of key");
        }
    }
}
