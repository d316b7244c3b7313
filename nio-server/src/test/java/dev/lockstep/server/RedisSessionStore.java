package dev.lockstep.server;

import dev.lockstep.tls.session.OpenedTicket;
import dev.lockstep.tls.session.ResumableSession;
import dev.lockstep.tls.session.SessionId;
import dev.lockstep.tls.session.SessionLookup;
import dev.lockstep.tls.session.SessionStore;
import dev.lockstep.tls.session.TicketKeyRing;
import dev.lockstep.tls.session.TicketOpening;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SetArgs;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An example of a store that servers share: sessions in Redis, through Lettuce. Nothing here blocks: the look-up suspends
 * the handshake, put and remove send their command and forget it. What lies in Redis is sealed under a key ring, since
 * a master secret decrypts the connections (RFC 9325 section 3.4), and Redis drops it when its time is over.
 *
 * <p>Without Redis commands are rejected at once and not queued: then every handshake is a full one. Lettuce connects
 * again by itself.
 */
public final class RedisSessionStore implements SessionStore, AutoCloseable {

    private static final byte[] PREFIX = "lockstep:session:".getBytes(StandardCharsets.US_ASCII);

    private final RedisClient client;
    private final StatefulRedisConnection<byte[], byte[]> connection;
    private final RedisAsyncCommands<byte[], byte[]> commands;
    private final TicketKeyRing ring;
    private final Duration lifetime;

    /**
     * @param patience how long an answer may take
     * @param lifetime how long Redis keeps a session
     */
    public RedisSessionStore(RedisURI server, TicketKeyRing ring, Duration patience, Duration lifetime) {
        this.client = RedisClient.create(server);
        client.setOptions(ClientOptions.builder()
                .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(10_000)
                .socketOptions(SocketOptions.builder().connectTimeout(patience).build())
                .timeoutOptions(TimeoutOptions.enabled(patience))
                .build());
        this.connection = client.connect(ByteArrayCodec.INSTANCE);
        this.commands = connection.async();
        this.ring = ring;
        this.lifetime = lifetime;
    }

    /** Whether commands would be sent now. */
    public boolean isConnected() {
        return connection.isOpen();
    }

    @Override
    public Start<Optional<ResumableSession>> start(SessionLookup lookup, Waker waker) {
        RedisFuture<byte[]> answer = commands.get(key(lookup.id()));
        answer.whenComplete((value, failure) -> waker.wake());
        return Start.inProgress(new PendingOperation<>() {
            @Override
            public Progress<Optional<ResumableSession>> resume() throws Exception {
                return answer.toCompletableFuture().isDone()
                        ? Progress.done(opened(answer.get()))
                        : Progress.inProgress();
            }

            @Override
            public void cancel() {
                answer.cancel(true);
            }
        });
    }

    private Optional<ResumableSession> opened(byte[] value) throws Exception {
        if (value == null) {
            return Optional.empty();
        }
        // the ring answers immediately
        Start.Ready<Optional<OpenedTicket>> opening = (Start.Ready<Optional<OpenedTicket>>)
                ring.start(new TicketOpening(value, null, OptionalLong.empty()), () -> {});
        Progress.Done<Optional<OpenedTicket>> done =
                (Progress.Done<Optional<OpenedTicket>>) opening.operation().resume();
        return done.value().map(OpenedTicket::session);
    }

    @Override
    public void put(SessionId id, ResumableSession session) {
        byte[] sealed = ring.seal(session);
        if (sealed != null) {
            commands.set(key(id), sealed, SetArgs.Builder.ex(lifetime));
        }
    }

    @Override
    public void remove(SessionId id) {
        commands.del(key(id));
    }

    @Override
    public void close() {
        connection.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
    }

    private static byte[] key(SessionId id) {
        byte[] name = id.toHex().getBytes(StandardCharsets.US_ASCII);
        byte[] key = new byte[PREFIX.length + name.length];
        System.arraycopy(PREFIX, 0, key, 0, PREFIX.length);
        System.arraycopy(name, 0, key, PREFIX.length, name.length);
        return key;
    }
}
