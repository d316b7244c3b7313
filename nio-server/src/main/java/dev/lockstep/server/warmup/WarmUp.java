package dev.lockstep.server.warmup;

import dev.lockstep.server.demo.ThrowawayCa;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.session.MemorySessionStore;
import dev.lockstep.tls.session.TicketKeyRing;
import dev.lockstep.tls.setting.ConfigException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * Handshakes in memory before a server opens its port, so that the JVM has loaded and compiled what the first clients need.
 * Suites and groups are those of the configuration that will serve. Keys, certificates and sessions are made for the
 * purpose: the server's own keys, its session store and its key log see nothing of it. For one thread.
 */
public final class WarmUp {

    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final Duration SESSIONS = Duration.ofMinutes(10);
    private static final int SESSIONS_KEPT = 16;
    private static final String[] PROTOCOLS = {"TLSv1.2"};

    private final TlsServerConfig config;
    private final SSLContext client;

    private WarmUp(TlsServerConfig config, SSLContext client) {
        this.config = config;
        this.client = client;
    }

    /**
     * What was done.
     *
     * @param handshakes fewer than were asked for when 30 seconds were over
     * @param resumed how many of them resumed a session
     */
    public record Result(int handshakes, int resumed, long millis) {}

    /**
     * Shakes hands, every second time with a session of an earlier handshake where the configuration resumes sessions.
     *
     * @param served what will serve
     * @param handshakes how many
     * @throws GeneralSecurityException when the JDK's client and the configuration have no suite in common, or only suites
     *     with pre-shared keys
     */
    public static Result run(TlsServerConfig served, int handshakes) throws GeneralSecurityException {
        long begin = System.nanoTime();
        try {
            ThrowawayCa ca = new ThrowawayCa(Instant.now());
            WarmUp warmUp = new WarmUp(alike(served, ca), ThrowawayCa.trusting(ca.certificate()));
            boolean resumes = served.sessionStore() != null || served.tickets() != null;
            int done = 0;
            int resumed = 0;
            while (done < handshakes && System.nanoTime() - begin < LIMIT_NANOS) {
                resumed += warmUp.handshake(resumes && done % 2 == 1) ? 1 : 0;
                done++;
            }
            return new Result(done, resumed, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
        } catch (ConfigException | IOException e) {
            throw new GeneralSecurityException(e.getMessage(), e);
        }
    }

    private boolean handshake(boolean resume) throws SSLException, TlsException {
        // The client keeps sessions by the name and port of its peer; one without a peer has none.
        SSLEngine engine = resume ? client.createSSLEngine("localhost", 1) : client.createSSLEngine();
        engine.setUseClientMode(true);
        engine.setEnabledProtocols(PROTOCOLS);
        return new MemoryHandshake(engine, config).run();
    }

    /** The same suites, groups and schemes, and keys of the same kinds. */
    private static TlsServerConfig alike(TlsServerConfig served, ThrowawayCa ca)
            throws GeneralSecurityException, IOException {
        TlsServerConfigBuilder builder = TlsServerConfig.builder()
                .cipherSuites(served.cipherSuites())
                .groups(served.groups())
                .signatureSchemes(served.signatureSchemes());
        if (uses(served, "EC")) {
            add(builder, ca, ca.ec());
        }
        if (uses(served, "RSA")) {
            add(builder, ca, ca.rsa());
        }
        if (served.sessionStore() != null) {
            builder.sessionStore(new MemorySessionStore(SESSIONS_KEPT, SESSIONS));
        }
        if (served.tickets() != null) {
            builder.tickets(TicketKeyRing.rotating(SESSIONS, SESSIONS));
        }
        return builder.build();
    }

    private static boolean uses(TlsServerConfig served, String algorithm) {
        return served.credentials().all().stream()
                .anyMatch(
                        each -> each.certificate().getPublicKey().getAlgorithm().equals(algorithm));
    }

    private static void add(TlsServerConfigBuilder builder, ThrowawayCa ca, KeyPair keys)
            throws GeneralSecurityException, IOException {
        builder.credential(Credential.local(List.of(ca.issueForLocalhost(keys)), keys.getPrivate()));
    }
}
