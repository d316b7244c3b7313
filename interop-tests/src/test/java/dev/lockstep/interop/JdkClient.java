package dev.lockstep.interop;

import dev.lockstep.interop.Setup.Service;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateFactory;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** The JDK's own client (JSSE), in this JVM. */
final class JdkClient implements Peer {
    private static final int TIMEOUT_MILLIS = 30_000;

    @Override
    public String name() {
        return "JDK";
    }

    @Override
    public void require() {
        // It is always there.
    }

    @Override
    public Set<KeyKind> kinds() {
        return EnumSet.allOf(KeyKind.class);
    }

    @Override
    public Service service() {
        return Service.ECHO;
    }

    @Override
    public Exchange talk(Target target, String payload) throws IOException {
        byte[] sent = payload.getBytes(StandardCharsets.US_ASCII);
        try (Socket tcp = new Socket(InetAddress.getLoopbackAddress(), target.port());
                SSLSocket tls = (SSLSocket)
                        context(target).getSocketFactory().createSocket(tcp, target.host(), target.port(), true)) {
            tls.setSoTimeout(TIMEOUT_MILLIS);
            SSLParameters parameters = tls.getSSLParameters();
            parameters.setProtocols(new String[] {"TLSv1.2"});
            parameters.setServerNames(List.of(new SNIHostName(target.host())));
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            tls.setSSLParameters(parameters);
            tls.startHandshake();
            SSLSession session = tls.getSession();
            String agreed = session.getProtocol() + " " + session.getCipherSuite();
            tls.getOutputStream().write(sent);
            byte[] received = tls.getInputStream().readNBytes(sent.length);
            if (!new String(received, StandardCharsets.US_ASCII).equals(payload)) {
                return new Exchange(Exchange.Outcome.FAILED, agreed + ": the echo differs");
            }
            tls.shutdownOutput();
            return end(tls.getInputStream(), agreed);
        } catch (SSLException e) {
            boolean untrusted = rootCause(e) instanceof CertPathBuilderException
                    || rootCause(e) instanceof java.security.SignatureException;
            return new Exchange(
                    untrusted ? Exchange.Outcome.CERTIFICATE_REFUSED : Exchange.Outcome.FAILED, e.toString());
        } catch (GeneralSecurityException e) {
            throw new IOException("the JDK has no TLS client here", e);
        }
    }

    private static Exchange end(InputStream in, String agreed) throws IOException {
        // RFC 5246 7.2.1: the answer to close_notify is close_notify; without it, this read throws.
        return in.read() == -1
                ? new Exchange(Exchange.Outcome.COMPLETED, agreed)
                : new Exchange(Exchange.Outcome.FAILED, agreed + ": data after the echo");
    }

    private static Throwable rootCause(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static SSLContext context(Target target) throws GeneralSecurityException, IOException {
        KeyStore trust = KeyStore.getInstance(KeyStore.getDefaultType());
        trust.load(null, null);
        try (InputStream in = Files.newInputStream(target.trust())) {
            trust.setCertificateEntry(
                    "root", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
        managers.init(trust);
        SSLContext context = SSLContext.getInstance("TLSv1.2");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }
}
