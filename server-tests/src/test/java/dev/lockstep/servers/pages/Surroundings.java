package dev.lockstep.servers.pages;

import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.peer.ClientCertificateVerifier;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** What the samples of the pages take for granted, declared and never run. */
@SuppressWarnings("NullAway") // it is compiled against, and never made
public abstract class Surroundings {

    /** The client library of a key service. */
    public interface KeyService {
        CompletableFuture<byte[]> sign(byte[] digest);
    }

    protected List<X509Certificate> chain;
    protected Credential credential;
    protected ClientCertificateVerifier verifier;
    protected TlsServerConfig config;
    protected TlsServerConnection tls;
    protected Selector selector;
    protected boolean running;
    protected Duration window;
    protected byte[] newest;
    protected byte[] older;

    protected abstract void serve(TlsServerConfig serving);

    protected abstract void serve(SelectionKey ready);

    protected abstract void stepTheConnectionsThatWereWoken();

    protected abstract long millisUntil(OptionalLong nanos);
}
