package dev.lockstep.server.abuse;

import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.server.RawClient;
import dev.lockstep.server.TestClients;
import dev.lockstep.server.certificate.MutualTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** Clients that want signatures: over connections that stay, and over new ones. Measures how long each signature takes. */
final class HonestClients implements AutoCloseable {

    private static final String BASE_POINT = "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
            + "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
    private static final List<String> KINDS = List.of("local", "remote", "new local", "new remote");
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Path socket;
    private final InetSocketAddress port;
    private final KeyId key;
    private final SSLContext context;
    private final RawClient local;
    private final RawClient remote;
    private final List<List<Long>> nanos =
            List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    private final List<Throwable> failures = new ArrayList<>();
    private int rounds;
    private long id;

    HonestClients(Path directory, Path authority, Path socket, InetSocketAddress port, KeyId key) throws Exception {
        this.socket = socket;
        this.port = port;
        this.key = key;
        this.context = context(directory, "honest", authority);
        this.local = RawClient.greeted(socket);
        this.remote = connect();
    }

    static SSLContext context(Path directory, String name, Path authority) throws Exception {
        return MutualTls.context(
                "--tls",
                directory.resolve(name + ".pem"),
                directory.resolve(name + ".key"),
                null,
                "--ca",
                authority,
                Instant.now());
    }

    /** Over a whole handshake: a session that is resumed would be cheaper. */
    private RawClient connect() throws Exception {
        SSLSocket client = TestClients.ofKeyServer(context, port.getPort());
        client.startHandshake();
        client.getSession().invalidate();
        return RawClient.greeted(client);
    }

    /** Randoms and an ECDHE share on P-256: what a TLS 1.2 server signs. */
    static byte[] input(long marker) {
        ByteBuffer input = ByteBuffer.allocate(64 + 4 + 65);
        input.putLong(marker).position(64).put(new byte[] {3, 0, 23, 65});
        return input.put(HexFormat.of().parseHex(BASE_POINT)).array();
    }

    private void sign(RawClient client) throws Exception {
        id++;
        Message answer =
                client.send(id, new Message.Sign(key, 0, 0x0403, input(id))).answer(id);
        if (!(answer instanceof Message.Result)) {
            throw new AssertionError("answered with " + answer);
        }
    }

    private interface Work {
        void run() throws Exception;
    }

    private void measure(List<Long> times, Work work) {
        long begin = System.nanoTime();
        try {
            work.run();
        } catch (Exception | AssertionError e) {
            failures.add(e);
        }
        times.add(System.nanoTime() - begin);
    }

    /** Four signatures: over the connections that stand, and over a new one at each listener. */
    void round() {
        measure(nanos.get(0), () -> sign(local));
        measure(nanos.get(1), () -> sign(remote));
        measure(nanos.get(2), () -> {
            try (RawClient client = RawClient.greeted(socket)) {
                sign(client);
            }
        });
        measure(nanos.get(3), () -> {
            try (RawClient client = connect()) {
                sign(client);
            }
        });
        rounds++;
    }

    /** Rounds with short pauses. */
    void runFor(int seconds) {
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(seconds)) {
            round();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    int rounds() {
        return rounds;
    }

    List<Throwable> failures() {
        return failures;
    }

    /** In milliseconds, over all four kinds. */
    long percentile99() {
        List<Long> sorted = nanos.stream().flatMap(List::stream).sorted().toList();
        return TimeUnit.NANOSECONDS.toMillis(sorted.get(sorted.size() * 99 / 100));
    }

    String report() {
        StringBuilder text =
                new StringBuilder(rounds + " rounds, p99 " + percentile99() + " ms; median and most in ms:");
        for (int i = 0; i < KINDS.size(); i++) {
            List<Long> sorted = nanos.get(i).stream().sorted().toList();
            text.append(' ').append(KINDS.get(i)).append(' ');
            text.append(TimeUnit.NANOSECONDS.toMillis(sorted.get(sorted.size() / 2)))
                    .append(" and ");
            text.append(TimeUnit.NANOSECONDS.toMillis(sorted.get(sorted.size() - 1)));
        }
        return text.toString();
    }

    void forget() {
        nanos.forEach(List::clear);
        failures.clear();
        rounds = 0;
    }

    @Override
    public void close() throws IOException {
        local.close();
        remote.close();
    }
}
