package dev.lockstep.server.abuse;

import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static dev.lockstep.testkit.client.ClientMessages.renegotiatingClientHello;

import dev.lockstep.testkit.client.ClientAuthMessages;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ScriptedClient;
import dev.lockstep.testkit.client.Seen.Kind;
import dev.lockstep.tls.spec.CipherSuite;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Clients that speak TLS and abuse it, a thread for each; a client that is thrown out comes back. */
final class HostileClients implements AutoCloseable {

    /** What one client does with a connection, until it fails. */
    @FunctionalInterface
    interface Deed {
        void on(Visit visit) throws Exception;
    }

    private final int port;
    private final Deed deed;
    private final List<Thread> threads = new ArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final Semaphore silent = new Semaphore(0);
    private final AtomicInteger deeds = new AtomicInteger();
    private volatile boolean over;

    HostileClients(int port, int number, Deed deed) {
        this.port = port;
        this.deed = deed;
        for (int i = 0; i < number; i++) {
            int index = i;
            Thread thread = new Thread(() -> run(index), "hostile client " + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    /** Returns how often the deed was begun. */
    int deeds() {
        return deeds.get();
    }

    /** Waits until so many clients have come as far as they want to. */
    HostileClients awaitSilence(int number) throws InterruptedException {
        if (!silent.tryAcquire(number, 60, TimeUnit.SECONDS)) {
            throw new AssertionError("hostile clients do not fall silent");
        }
        return this;
    }

    /** Renegotiates, and says nothing more. */
    static void renegotiates(Visit visit) throws Exception {
        visit.establish();
        visit.client.takeSeen();
        visit.client.sends(renegotiatingClientHello());
        visit.exchange(Kind.SERVER_HELLO_DONE);
        visit.awaitEnd();
    }

    /** Has much echoed and reads nothing of it. */
    static void neverReads(Visit visit) throws Exception {
        sendsWithoutReading(new byte[16_000]).on(visit);
    }

    /** Sends the same again and again, and reads nothing of the answers. */
    static Deed sendsWithoutReading(byte[] data) {
        return visit -> {
            visit.establish();
            while (true) {
                visit.client.sends(applicationData(data));
                visit.send();
            }
        };
    }

    /** Ends its side while the server's key is at work. */
    static void leavesDuringTheWait(Visit visit) throws Exception {
        visit.client.sends(clientHello());
        visit.send();
        visit.socket.shutdownOutput();
        visit.awaitEnd();
    }

    /** Sends this chain, of which it has no key. */
    static Deed sendsChain(List<X509Certificate> chain) {
        return visit -> {
            visit.client.sends(clientHello());
            visit.exchange(Kind.SERVER_HELLO_DONE);
            visit.client.sends(ClientAuthMessages.certificate(chain));
            visit.send();
            visit.awaitEnd();
        };
    }

    private void run(int index) {
        while (!over) {
            deeds.incrementAndGet();
            try (Socket socket = new Socket()) {
                sockets.add(socket);
                socket.setReceiveBufferSize(4096);
                socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0." + (1 + index % 8)), 0));
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                deed.on(new Visit(socket, silent));
            } catch (Exception e) {
                // thrown out, in whichever way: the next attempt follows
            } finally {
                sockets.removeIf(Socket::isClosed);
            }
        }
    }

    @Override
    public void close() throws IOException {
        over = true;
        try {
            while (threads.stream().anyMatch(Thread::isAlive)) {
                for (Socket socket : sockets) {
                    socket.close();
                }
                for (Thread thread : threads) {
                    thread.join(20);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One connection of a scripted client. */
    static final class Visit {
        final ScriptedClient client = new ScriptedClient(ClientOptions.offering(
                CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
                CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256));
        private final Socket socket;
        private final Semaphore silent;
        private final byte[] buffer = new byte[20_000];

        Visit(Socket socket, Semaphore silent) {
            this.socket = socket;
            this.silent = silent;
        }

        void send() throws IOException {
            for (byte[] record : client.takeRecords()) {
                socket.getOutputStream().write(record);
            }
        }

        void exchange(Kind until) throws IOException {
            send();
            while (!client.hasSeen(until)) {
                int count = socket.getInputStream().read(buffer);
                if (count < 0) {
                    throw new IOException("the server has closed");
                }
                client.receives(Arrays.copyOf(buffer, count));
            }
        }

        void establish() throws IOException {
            client.sends(clientHello());
            exchange(Kind.SERVER_HELLO_DONE);
            if (client.hasSeen(Kind.CERTIFICATE_REQUEST)) {
                client.sends(ClientAuthMessages.noCertificate());
            }
            client.sends(clientKeyExchange(), changeCipherSpec(), finished());
            exchange(Kind.FINISHED);
        }

        void awaitEnd() throws IOException {
            silent.release();
            while (socket.getInputStream().read(buffer) >= 0) {
                // whatever it says
            }
        }
    }
}
