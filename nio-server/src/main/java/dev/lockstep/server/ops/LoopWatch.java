package dev.lockstep.server.ops;

import dev.lockstep.nio.LoopObserver;
import dev.lockstep.nio.Session;
import dev.lockstep.nio.Shortage;
import dev.lockstep.server.log.EventType;
import dev.lockstep.server.log.LogEvent;
import dev.lockstep.tls.ConnectionInfo;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.wait.Suspension;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Turns what happens in one loop into log lines and metrics. For the thread of the loop. */
public final class LoopWatch implements LoopObserver {

    private static final class Known {
        private final long since = System.nanoTime();
        private long establishedAt;
        private long waited;
        private @Nullable Suspension wait;
        private @Nullable String failure;
    }

    private final Operations operations;
    private final Map<Session, Known> open = new HashMap<>();

    public LoopWatch(Operations operations) {
        this.operations = operations;
    }

    private Known known(Session session) {
        return open.computeIfAbsent(session, any -> new Known());
    }

    @Override
    public void onAccepted(Session session) {
        open.put(session, new Known());
    }

    @Override
    public void onAcceptFailed(IOException cause) {
        operations.metrics().acceptFailures.increment();
        String reason = String.valueOf(cause.getMessage());
        boolean descriptors = reason.contains("open files");
        operations.log().log(LogEvent.of(
                        EventType.ACCEPT_FAILED,
                        descriptors
                                ? "out of descriptors: raise the limit of open files (ulimit -n, LimitNOFILE=)"
                                : "a connection cannot be accepted")
                .with("reason", reason));
    }

    @Override
    public void onShortage(Shortage shortage, @Nullable SocketAddress client) {
        operations.metrics().shortages.increment(shortage.name().toLowerCase(Locale.ROOT));
    }

    @Override
    public void onSuspended(Session session) {
        known(session).wait = session.suspension();
        operations.waits().incrementAndGet();
    }

    @Override
    public void onResumed(Session session) {
        endWait(known(session));
    }

    private void endWait(Known known) {
        Suspension wait = known.wait;
        if (wait != null) {
            known.wait = null;
            long nanos = System.nanoTime() - wait.sinceNanos();
            known.waited += nanos;
            operations.waits().decrementAndGet();
            operations.metrics().waits.observe(nanos, wait.kind().name().toLowerCase(Locale.ROOT));
        }
    }

    @Override
    public void onEstablished(Session session) {
        known(session).establishedAt = System.nanoTime();
        ConnectionInfo info = session.info();
        operations.metrics().handshakes.increment("ok", info.cipherSuite().name(), info.resumed() ? "yes" : "no");
    }

    @Override
    public void onFailure(Session session, IOException cause) {
        Known known = known(session);
        endWait(known);
        Failure failure = Failure.of(cause);
        known.failure = label(failure);
        AlertDescription alert = cause instanceof TlsException tls ? tls.alert() : null;
        boolean fromPeer = cause instanceof TlsException tls && tls.fromPeer();
        if (alert != null) {
            operations.metrics().alerts.increment(lower(alert), fromPeer ? "received" : "sent");
        }
        boolean handshake = known.establishedAt == 0;
        if (handshake) {
            operations.keys().handshakeFailed();
            operations.metrics().handshakes.increment(label(failure), "none", "none");
        }
        operations.log().log(
                LogEvent.of(handshake ? EventType.HANDSHAKE_FAILED : EventType.CONNECTION_FAILED, sentence(failure))
                        .at(
                                handshake
                                        ? failure.level()
                                        : (failure == Failure.INTERNAL ? Failure.INTERNAL : Failure.ENDED).level())
                        .with("peer", address(session.remoteAddress()))
                        .with("connection", session.id())
                        .with("cause", label(failure))
                        .with("alert", alert == null ? null : lower(alert))
                        .with("direction", alert == null ? null : fromPeer ? "received" : "sent")
                        .with("reason", cause.getMessage())
                        .with(
                                "key",
                                failure == Failure.KEY && cause.getCause() != null
                                        ? cause.getCause().getMessage()
                                        : null));
    }

    private static String sentence(Failure failure) {
        return switch (failure) {
            case KEY -> "the private key gave no answer";
            case TLS_1_3_ONLY -> "a client speaks TLS 1.3 only, this server TLS 1.2";
            case OLD_VERSION -> "a client speaks nothing as new as TLS 1.2";
            case PLAIN_HTTP -> "a client speaks plain HTTP on the TLS port";
            case CLIENT_ALERT -> "a client ended the handshake";
            case CLIENT_LEFT -> "a client left";
            case TIMEOUT -> "a client was too slow";
            case REFUSED -> "a client was refused";
            case ENDED -> "a connection was ended";
            case INTERNAL -> "a fault of this server";
        };
    }

    private static String label(Failure failure) {
        return failure.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String lower(AlertDescription alert) {
        return alert.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void onClosed(Session session, @Nullable Throwable cause) {
        Known known = open.remove(session);
        if (known == null) {
            return;
        }
        endWait(known);
        if (known.establishedAt == 0 && known.failure == null) {
            known.failure = label(Failure.ENDED);
            operations.keys().handshakeFailed();
            operations.metrics().handshakes.increment(label(Failure.ENDED), "none", "none");
        }
        if (operations.accessLog() != null) {
            operations.accessLog().log(line(session, known));
        }
    }

    private static Map<String, Object> line(Session session, Known known) {
        long now = System.nanoTime();
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("peer", String.valueOf(address(session.remoteAddress())));
        line.put("connection", session.id());
        line.put("millis", TimeUnit.NANOSECONDS.toMillis(now - known.since));
        if (known.establishedAt != 0) {
            ConnectionInfo info = session.info();
            line.put("handshakeMillis", TimeUnit.NANOSECONDS.toMillis(known.establishedAt - known.since));
            line.put("waitMillis", TimeUnit.NANOSECONDS.toMillis(known.waited));
            line.put("suite", info.cipherSuite().name());
            line.put("resumed", info.resumed());
            putKnown(line, "serverName", info.serverName());
            putKnown(line, "protocol", info.applicationProtocol());
            if (!info.peerCertificates().isEmpty()) {
                line.put(
                        "client",
                        info.peerCertificates().get(0).getSubjectX500Principal().getName());
            }
        }
        line.put("bytesIn", session.bytesReceived());
        line.put("bytesOut", session.bytesSent());
        putKnown(line, "failure", known.failure);
        return line;
    }

    private static void putKnown(Map<String, Object> line, String name, @Nullable Object value) {
        if (value != null) {
            line.put(name, value);
        }
    }

    @Override
    public void onDefect(long connection, Throwable cause) {
        operations.log().log(LogEvent.of(EventType.DEFECT, "a defect of this program: " + cause)
                .with("connection", connection));
    }

    static @Nullable String address(@Nullable SocketAddress address) {
        if (!(address instanceof InetSocketAddress internet) || internet.getAddress() == null) {
            return address == null ? null : address.toString();
        }
        String host = internet.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + internet.getPort();
    }
}
