package dev.lockstep.server.explain;

import dev.lockstep.server.Environment;
import dev.lockstep.server.Main;
import dev.lockstep.server.Numbers;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.Version;
import dev.lockstep.server.certificate.CaCertificates;
import dev.lockstep.server.certificate.KeyMatch;
import dev.lockstep.server.credential.KeyMode;
import dev.lockstep.server.demo.ThrowawayCa;
import dev.lockstep.server.pem.CertificateChain;
import dev.lockstep.server.pem.PemFiles;
import dev.lockstep.server.pem.SecretFiles;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.provider.CryptoProviders;
import dev.lockstep.tls.session.TicketKeyRing;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code lockstep explain}: prints handshakes as {@code docs/design/illustrated.md} does. */
@Command(
        name = "explain",
        sortOptions = false,
        description = {
            "Prints a handshake byte by byte, as Markdown: each field, the row of the table, what is derived from what.",
            "Without options the JDK's client shakes hands twice, and resumes its session the second time. Keys and other"
                    + " secrets are not printed: what is encrypted stays so."
        },
        versionProvider = Version.class,
        mixinStandardHelpOptions = true)
public final class ExplainCommand implements Callable<Integer> {

    private static final String HOST = "127.0.0.1";
    private static final byte[] ADDRESS = {127, 0, 0, 1};
    private static final Duration SESSIONS = Duration.ofMinutes(10);

    /** So that the signature is one that is waited for. */
    private static final int KEY_DELAY_MILLIS = 100;

    private final Environment environment;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description =
                    "Wait on this port of " + HOST + ", 1 to 65535, for one client of yours; 0 takes a free port.")
    private @Nullable String port;

    @Option(
            names = "--cert",
            paramLabel = "FILE",
            description = "The certificate chain for that client, in PEM; a throw-away one by default.")
    private @Nullable Path cert;

    @Option(names = "--key", paramLabel = "FILE", description = "Its private key.")
    private @Nullable Path key;

    public ExplainCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws UsageError, IOException, GeneralSecurityException {
        int number = port == null
                ? 0
                : Numbers.require("--port", port, 0, 65535, "give the port to listen on, or 0 for a free one");
        if ((cert == null) != (key == null)) {
            throw new UsageError(cert == null ? "--key" : "--cert", "was given alone", "give --cert and --key");
        }
        if (cert != null && port == null) {
            throw new UsageError("--cert", "was given without --port", "give the port on which your client connects");
        }
        ThrowawayCa ca = new ThrowawayCa(environment.clock().instant());
        TlsServerConfig config = TlsServerConfig.builder()
                .credential(cert == null || key == null ? throwaway(ca) : fromFiles(cert, key))
                .tickets(TicketKeyRing.rotating(SESSIONS, SESSIONS))
                .build();
        try (ServerSocketChannel socket = open(number)) {
            socket.configureBlocking(true);
            InetSocketAddress bound = (InetSocketAddress) socket.getLocalAddress();
            environment.out().println("# Handshakes, byte by byte");
            if (port != null) {
                environment.err().println("listening on " + HOST + ":" + bound.getPort() + " for one client");
                environment.err().flush();
                return explain(socket, config, "A client's handshake");
            }
            OwnClient client = new OwnClient(ca.certificate(), bound);
            client.visit();
            int first = explain(socket, config, "The first handshake");
            if (first != 0) {
                return first;
            }
            client.visit();
            return explain(socket, config, "The second handshake");
        } catch (IOException e) {
            environment.err().println(UsageError.oneLine("the connection failed: " + e.getMessage()));
            return Main.FAILED;
        }
    }

    /** The host is no option here, so what is wrong is the port. */
    private static ServerSocketChannel open(int port) throws UsageError, IOException {
        ServerSocketChannel socket = ServerSocketChannel.open();
        try {
            return socket.bind(new InetSocketAddress(InetAddress.getByAddress(ADDRESS), port));
        } catch (BindException e) {
            socket.close();
            throw new UsageError(
                    "--port",
                    port + " on " + HOST + " cannot be opened (" + e.getMessage() + ")",
                    "choose another that is free and that you may use, or 0 for a free one");
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private int explain(ServerSocketChannel listener, TlsServerConfig config, String title) throws IOException {
        try (SocketChannel accepted = listener.accept();
                Socket socket = accepted.socket()) {
            environment.out().println();
            environment.out().println("## " + title);
            TlsException failure = new ExplainedConnection(socket, config, environment.out()).run();
            if (failure != null) {
                environment.err().println(UsageError.oneLine("the handshake failed: " + failure.getMessage()));
            }
            return failure == null ? 0 : Main.FAILED;
        }
    }

    private static Credential throwaway(ThrowawayCa ca) throws GeneralSecurityException, IOException {
        KeyPair keys = ca.ec();
        return slow(List.of(ca.issueForLocalhost(keys)), keys.getPrivate());
    }

    private Credential fromFiles(Path certFile, Path keyFile) throws UsageError {
        List<X509Certificate> chain =
                CertificateChain.load("--cert", certFile, environment.clock().instant());
        CaCertificates.refuse("--cert", certFile.toString(), chain.get(0), false);
        new SecretFiles(warning -> environment.err().println(warning)).check("--key", keyFile);
        PrivateKey privateKey = PemFiles.privateKey("--key", keyFile);
        KeyMatch.require("--cert", certFile, chain, "--key", keyFile, privateKey);
        return slow(chain, privateKey);
    }

    private static Credential slow(List<X509Certificate> chain, PrivateKey key) {
        return Credential.external(
                chain, KeyMode.delayed(KEY_DELAY_MILLIS, CryptoProviders.NONE).place(key));
    }
}
