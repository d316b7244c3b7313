package dev.lockstep.server.keyserver.listener;

import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.server.HelpSection;
import dev.lockstep.server.Numbers;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.certificate.ClientTrust;
import dev.lockstep.server.certificate.ClientTrustWarnings;
import dev.lockstep.server.certificate.MutualTls;
import dev.lockstep.server.keyserver.policy.ClientGrants;
import dev.lockstep.server.pem.PemFiles;
import dev.lockstep.server.pem.Reading;
import dev.lockstep.server.pem.RevocationFiles;
import dev.lockstep.server.pem.SecretFiles;
import dev.lockstep.tls.peer.PkixVerifier;
import dev.lockstep.tls.peer.PkixVerifierBuilder;
import dev.lockstep.tls.setting.ConfigException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a key server that is reached over TCP: with mutual TLS, or not at all. */
@HelpSection("TCP with mutual TLS")
public final class TcpOptions {

    @Option(
            names = "--tcp",
            paramLabel = "HOST:PORT",
            description = "Listen on TCP as well or instead, with mutual TLS; the next three options are needed then.")
    private @Nullable String tcp;

    @Option(names = "--tls-cert", paramLabel = "FILE", description = "The key server's own certificate chain.")
    private @Nullable Path cert;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "Its key, which is not served.")
    private @Nullable Path key;

    @Option(
            names = "--tls-client-ca",
            paramLabel = "FILE",
            description = "The authorities that issue the clients' certificates.")
    private @Nullable Path clientCa;

    @Option(
            names = "--tls-client-crl",
            paramLabel = "FILE",
            description =
                    "Revocation lists of those authorities, in PEM or DER, of at most 100 MB; then each of them needs"
                            + " one. Repeatable.")
    private List<Path> clientCrls = new ArrayList<>();

    @Option(
            names = "--allow-client",
            paramLabel = "WHO[=KEY]",
            description = "Client over TCP that may use a key: dns:NAME, uri:URI, email:ADDRESS or ip:ADDRESS of its"
                    + " certificate, or sha256:HEX of it. KEY is the FILE of --key or --cert, or a key's id; all keys"
                    + " without. Repeatable; with --tcp, this or the next option is needed.")
    private List<String> clients = new ArrayList<>();

    @Option(
            names = "--allow-client-file",
            paramLabel = "FILE",
            description = "More of them: a WHO or WHO=KEY on each line, read again on SIGHUP.")
    private @Nullable Path clientsFile;

    /** The port is opened once: a later reload must not depend on the name service. */
    private @Nullable InetSocketAddress resolved;

    /**
     * Reads the certificates, and the grants for the keys that are served now. Returns null without a TCP port.
     *
     * @param clock says now and later whether a certificate is in force
     * @param reading has the password of an encrypted key
     * @param keys finds the ids of a served key by what it is called on the command line
     */
    public TlsListener.@Nullable Setting load(Clock clock, Reading reading, Function<String, Set<KeyId>> keys)
            throws UsageError {
        if (tcp == null) {
            return null;
        }
        InetSocketAddress address = resolved == null ? address(tcp) : resolved;
        resolved = address;
        if (cert == null || key == null || clientCa == null) {
            String missing = cert == null ? "--tls-cert" : key == null ? "--tls-key" : "--tls-client-ca";
            throw new UsageError(missing, "is missing", "keys are served over TCP with mutual TLS only: give it");
        }
        ClientGrants grants = grants(keys);
        ClientTrust trust = trust(clientCa, clock, reading);
        return new TlsListener.Setting(
                address, MutualTls.server("--tls", cert, key, reading, trust, clock.instant()), grants);
    }

    private ClientGrants grants(Function<String, Set<KeyId>> keys) throws UsageError {
        if (clients.isEmpty() && clientsFile == null) {
            throw new UsageError(
                    "--allow-client",
                    "is missing",
                    "say which clients may use the keys, by a name in their certificate or by its hash; the authority"
                            + " may have issued others");
        }
        ClientGrants grants = ClientGrants.parse("--allow-client", clients, keys);
        return clientsFile == null ? grants : grants.and(ClientGrants.read("--allow-client-file", clientsFile, keys));
    }

    private ClientTrust trust(Path authorities, Clock clock, Reading reading) throws UsageError {
        Reading ofAuthorities = new Reading(reading.password(), note -> {
            // A list that is read from the same file is used after all.
            if (clientCrls.isEmpty() || !note.contains("revocation list")) {
                reading.notes().accept(note);
            }
        });
        List<X509Certificate> trusted = PemFiles.certificates("--tls-client-ca", authorities, ofAuthorities);
        List<X509CRL> lists = new ArrayList<>();
        for (Path file : clientCrls) {
            lists.addAll(RevocationFiles.read("--tls-client-crl", file, reading.notes()));
        }
        boolean checked = !clientCrls.isEmpty();
        PkixVerifierBuilder builder = PkixVerifier.builder().trust(trusted).clock(clock);
        if (checked) {
            builder.crls(lists);
        }
        PkixVerifier verifier;
        try {
            verifier = builder.build();
        } catch (ConfigException e) {
            throw new UsageError("--tls-client-ca", e.reason(), e.fix());
        }
        ClientTrustWarnings.of("--tls-client-ca", "--tls-client-crl", trusted, lists, checked, clock.instant())
                .forEach(reading.notes());
        return new ClientTrust(verifier::verify, trusted, lists, clock);
    }

    /**
     * Opens the port.
     *
     * @param setting gives what {@link #load} has read last, for each client that arrives; never null
     */
    public static TlsListener open(Supplier<TlsListener.Setting> setting) throws UsageError {
        InetSocketAddress address = setting.get().address();
        try {
            return TlsListener.open(address, setting);
        } catch (IOException e) {
            throw new UsageError(
                    "--tcp",
                    address.getHostString() + ":" + address.getPort() + " cannot be opened (" + e.getMessage() + ")",
                    "give an address of this machine and a port that is free and that you may use");
        }
    }

    /** Checks who else may read or write the key, and who else may say which clients use the keys: also by taking one from a list. */
    public void check(SecretFiles secrets) throws UsageError {
        if (key != null) {
            secrets.check("--tls-key", key);
        }
        if (clientCa != null) {
            secrets.checkTrust("--tls-client-ca", clientCa);
        }
        for (Path file : clientCrls) {
            secrets.checkTrust("--tls-client-crl", file);
        }
        if (clientsFile != null) {
            secrets.checkTrust("--allow-client-file", clientsFile);
        }
    }

    private static InetSocketAddress address(String text) throws UsageError {
        int colon = text.lastIndexOf(':');
        if (colon <= 0) {
            throw new UsageError("--tcp", "'" + text + "' has another form", "write HOST:PORT");
        }
        int port = Numbers.require("--tcp", text.substring(colon + 1), 0, 65535, "write HOST:PORT");
        InetSocketAddress address = new InetSocketAddress(text.substring(0, colon), port);
        if (address.isUnresolved()) {
            throw new UsageError(
                    "--tcp", "'" + address.getHostString() + "' has no address", "give one of this machine");
        }
        return address;
    }
}
