package dev.lockstep.interop;

import dev.lockstep.interop.Setup.Service;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.jsse.provider.BouncyCastleJsseProvider;
import org.conscrypt.Conscrypt;

/** A provider of {@code javax.net.ssl}, in this JVM and not registered in it. */
final class SslSocketClient implements Peer {
    private static final int TIMEOUT_MILLIS = 30_000;
    /** bctls logs every alert with its stack. The field keeps the setting: a logger without a reference is forgotten. */
    private static final Logger BCTLS_LOG = Logger.getLogger("org.bouncycastle.jsse");

    private final String name;
    private final Provider provider;
    private final Set<KeyKind> kinds;
    private final Set<Resumption> resumptions;
    private final boolean halfCloses;

    private SslSocketClient(
            String name, Provider provider, Set<KeyKind> kinds, Set<Resumption> resumptions, boolean halfCloses) {
        this.name = name;
        this.provider = provider;
        this.kinds = kinds;
        this.resumptions = resumptions;
        this.halfCloses = halfCloses;
    }

    static SslSocketClient jdk() {
        try {
            Provider provider = SSLContext.getInstance("TLSv1.2").getProvider();
            return new SslSocketClient(
                    "JSSE", provider, EnumSet.allOf(KeyKind.class), EnumSet.allOf(Resumption.class), true);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK has no TLS here", e);
        }
    }

    static SslSocketClient bctls() {
        BCTLS_LOG.setLevel(Level.OFF);
        return new SslSocketClient(
                "bctls",
                new BouncyCastleJsseProvider(new BouncyCastleProvider()),
                EnumSet.allOf(KeyKind.class),
                EnumSet.of(Resumption.ID),
                false);
    }

    /** BoringSSL inside. */
    static SslSocketClient conscrypt() {
        return new SslSocketClient(
                "Conscrypt",
                Conscrypt.newProvider(),
                EnumSet.of(KeyKind.RSA_2048, KeyKind.RSA_4096, KeyKind.P256, KeyKind.P384),
                EnumSet.allOf(Resumption.class),
                false);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void require() {
        // It comes with the JDK or as a dependency.
    }

    @Override
    public Set<KeyKind> kinds() {
        return kinds;
    }

    @Override
    public Set<Resumption> resumptions() {
        return resumptions;
    }

    @Override
    public boolean hasIdentity() {
        return true;
    }

    @Override
    public Service service() {
        return Service.ECHO;
    }

    @Override
    public Exchange talk(Target target, Visit visit) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLSv1.2", provider);
            CountingTrustManager trust = new CountingTrustManager(TrustFile.manager(target.trust()));
            context.init(IdentityStore.managers(visit.identity()), new TrustManager[] {trust}, null);
            StringBuilder said = new StringBuilder();
            for (int i = 0; i < visit.connections(); i++) {
                said.append(talk(context, target, visit)).append('\n');
            }
            return new Exchange(Exchange.Outcome.COMPLETED, visit.resumes() && trust.chains() == 1, said.toString());
        } catch (IOException e) {
            return new Exchange(TrustFile.refusalOr(e, Exchange.Outcome.FAILED), false, e.toString());
        } catch (GeneralSecurityException e) {
            throw new IOException(name + " has no TLS client here", e);
        }
    }

    /** One connection; what was agreed. */
    private String talk(SSLContext context, Target target, Visit visit) throws IOException {
        byte[] sent = visit.payload().getBytes(StandardCharsets.US_ASCII);
        try (Socket tcp = new Socket(InetAddress.getLoopbackAddress(), target.port());
                SSLSocket tls =
                        (SSLSocket) context.getSocketFactory().createSocket(tcp, target.host(), target.port(), true)) {
            tls.setSoTimeout(TIMEOUT_MILLIS);
            SSLParameters parameters = tls.getSSLParameters();
            parameters.setProtocols(new String[] {"TLSv1.2"});
            parameters.setServerNames(List.of(new SNIHostName(target.host())));
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            tls.setSSLParameters(parameters);
            if (Conscrypt.isConscrypt(tls)) {
                // Off unless asked for.
                Conscrypt.setUseSessionTickets(tls, visit.resumption() == Resumption.TICKET);
            }
            tls.startHandshake();
            SSLSession session = tls.getSession();
            String agreed = session.getProtocol() + " " + session.getCipherSuite();
            tls.getOutputStream().write(sent);
            byte[] received = new byte[sent.length];
            // Not readNBytes: it ends with a read of no bytes, for which Conscrypt waits.
            new DataInputStream(tls.getInputStream()).readFully(received);
            if (!new String(received, StandardCharsets.US_ASCII).equals(visit.payload())
                    || !agreed.startsWith("TLSv1.2 ")) {
                throw new IOException(agreed + ": the echo differs, or the version");
            }
            if (halfCloses) {
                tls.shutdownOutput();
                // RFC 5246 7.2.1: the answer to close_notify is close_notify; without it, this read throws.
                if (tls.getInputStream().read() != -1) {
                    throw new IOException(agreed + ": data after the echo");
                }
            }
            return agreed;
        }
    }
}
