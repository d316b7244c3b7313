package dev.lockstep.server.keyserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.crypto.group.NistCurve;
import dev.lockstep.crypto.signature.SignatureAlgorithm;
import dev.lockstep.crypto.signature.SignatureVerifier;
import dev.lockstep.keys.BlockingKey;
import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.keys.keyserver.protocol.KeyOffer;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.keys.keyserver.protocol.Message.Failed;
import dev.lockstep.keys.keyserver.protocol.Message.Failure;
import dev.lockstep.server.Gate;
import dev.lockstep.server.InProcessKeyServer;
import dev.lockstep.server.RawClient;
import dev.lockstep.server.TestFiles;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.crypto.Cipher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a key server answers, frame by frame. */
@Timeout(60)
class KeyServerConversationTest {

    private static final KeyPair EC;
    private static final KeyPair RSA;
    private static final int ECDSA = 0x0403;

    /** A point of P-256. */
    private static final byte[] BASE_POINT = NistCurve.P256.domain().getG().getEncoded(false);

    static {
        try {
            EC = TestFiles.keys("EC", "secp256r1");
            RSA = TestFiles.keys("RSA", null);
        } catch (Exception e) { // boundary: a static initialiser cannot throw checked exceptions
            throw new IllegalStateException(e);
        }
    }

    @TempDir
    Path directory;

    private final LinkedBlockingQueue<Runnable> held = new LinkedBlockingQueue<>();

    private InProcessKeyServer keyServer() throws Exception {
        return InProcessKeyServer.serving(EC, RSA).start(directory);
    }

    /** One whose work is done when the test takes it out of the queue. */
    private InProcessKeyServer.Setup holding() {
        InProcessKeyServer.Setup setup = InProcessKeyServer.serving(EC, RSA);
        setup.workers = held::add;
        return setup;
    }

    private Runnable held() throws InterruptedException {
        Runnable work = held.poll(20, TimeUnit.SECONDS);
        assertThat(work).as("work that arrived").isNotNull();
        return work;
    }

    /** Randoms and an ECDHE share on P-256: what a TLS 1.2 server signs. */
    static byte[] serverKeyExchange(int marker) {
        ByteBuffer input = ByteBuffer.allocate(64 + 4 + 65);
        input.putInt(marker).position(64).put(new byte[] {3, 0, 23, 65}).put(BASE_POINT);
        return input.array();
    }

    private static Message.Sign sign(byte[] input) {
        return new Message.Sign(KeyId.of(EC.getPublic()), 0, ECDSA, input);
    }

    private static Message.Decrypt decrypt(byte[] ciphertext) {
        return new Message.Decrypt(KeyId.of(RSA.getPublic()), 0, ciphertext);
    }

    private static byte[] encrypted(byte[] block) throws Exception {
        Cipher cipher = Cipher.getInstance("RSA/ECB/NoPadding");
        cipher.init(Cipher.ENCRYPT_MODE, RSA.getPublic());
        return cipher.doFinal(block);
    }

    /** A block of 256 bytes: 00 02, padding without zeros, 00, as many bytes of secret as asked for. */
    private static byte[] padded(int secretLength) {
        byte[] block = new byte[256];
        Arrays.fill(block, (byte) 0x5A);
        block[0] = 0;
        block[1] = 2;
        block[255 - secretLength] = 0;
        block[256 - secretLength] = 3;
        block[257 - secretLength] = 3;
        return block;
    }

    private static byte[] result(Message answer) {
        assertThat(answer).isInstanceOf(Message.Result.class);
        return ((Message.Result) answer).octets().bytes();
    }

    private static void assertClosed(RawClient client) throws Exception {
        assertThat(client.nextOrEnd()).as("what comes instead of the end").isNull();
    }

    @Test
    void theWelcomeNamesTheVersionTheLimitAndWhatEachKeyDoes() throws Exception {
        try (InProcessKeyServer server = keyServer();
                RawClient client = RawClient.connect(server.socket)) {
            client.send(0, new Message.Hello(1, 7));
            Message.Welcome welcome = (Message.Welcome) client.answer(0);
            assertThat(welcome.version()).isEqualTo(3);
            assertThat(welcome.maxOpen()).isEqualTo(4096);
            assertThat(welcome.keys())
                    .containsExactlyInAnyOrder(
                            new KeyOffer(KeyId.of(EC.getPublic()), true, false),
                            new KeyOffer(KeyId.of(RSA.getPublic()), true, true));
        }
    }

    /** The use is not in the log then, so what came of it must not be anywhere. */
    @Test
    void aResultWhoseLineCannotBeMadeIsWipedAndNotSent() throws Exception {
        AtomicReference<byte[]> signature = new AtomicReference<>();
        AtomicBoolean failing = new AtomicBoolean();
        InProcessKeyServer.Setup setup = new InProcessKeyServer.Setup();
        setup.with(EC, key -> new KeepingKey(key, signature));
        InstantSource source = () -> {
            if (failing.get()) {
                throw new OutOfMemoryError("of the test");
            }
            return Instant.now();
        };
        setup.clock = source.withZone(ZoneOffset.UTC);
        try (InProcessKeyServer server = setup.start(directory);
                RawClient client = RawClient.greeted(server.socket)) {
            failing.set(true);
            assertThat(client.send(1, sign(serverKeyExchange(1))).answer(1)).isEqualTo(new Failed(Failure.FAILED));
            assertThat(signature.get()).isNotEmpty().containsOnly(0);
            assertThat(client.send(2, sign(serverKeyExchange(2))).answer(2))
                    .isEqualTo(new Failed(Failure.KEY_UNAVAILABLE));
            failing.set(false);
            long id = 3;
            while (!(client.send(id, sign(serverKeyExchange(3))).answer(id) instanceof Message.Result)) {
                id++; // the log is tried once a second
            }
        }
    }

    /** Keeps the array that it has answered last. */
    private record KeepingKey(BlockingKey key, AtomicReference<byte[]> last) implements BlockingKey {

        @Override
        public Set<SignatureScheme> signatureSchemes() {
            return key.signatureSchemes();
        }

        @Override
        public boolean canDecrypt() {
            return key.canDecrypt();
        }

        @Override
        public byte[] sign(SignRequest request) throws Exception {
            byte[] signature = key.sign(request);
            last.set(signature);
            return signature;
        }

        @Override
        public byte[] decrypt(DecryptRequest request) throws Exception {
            return key.decrypt(request);
        }
    }

    @Test
    void aClientOfVersion2IsServedInVersion2() throws Exception {
        try (InProcessKeyServer server = keyServer();
                RawClient client = RawClient.connect(server.socket)) {
            client.send(0, new Message.Hello(2, 2));
            assertThat(((Message.Welcome) client.answer(0)).version()).isEqualTo(2);
            client.send(1, sign(serverKeyExchange(1)));
            assertThat(result(client.answer(1))).isNotEmpty();
        }
    }

    /** What version 3 promises holds for every key and every client: nothing leaves that does not verify. */
    @Test
    void aSignatureThatDoesNotVerifyIsAFailureAndTheLogSaysSo() throws Exception {
        for (KeyPair pair : List.of(EC, RSA)) {
            int scheme = pair == EC ? ECDSA : 0x0401;
            InProcessKeyServer.Setup setup = InProcessKeyServer.serving().with(pair, FaultyKey::new);
            try (InProcessKeyServer server = setup.start(directory);
                    RawClient client = RawClient.greeted(server.socket)) {
                client.send(1, new Message.Sign(KeyId.of(pair.getPublic()), 0, scheme, serverKeyExchange(1)));
                assertThat(client.answer(1)).isEqualTo(new Failed(Failure.FAILED));
                assertThat(Files.readString(server.log)).contains("failed:failed");
            }
            Files.delete(directory.resolve("keys.log"));
        }
    }

    @Test
    void aClientWhoseVersionsAreAllNewerOrOlderIsToldAndLeft() throws Exception {
        for (Message.Hello hello : List.of(new Message.Hello(4, 7), new Message.Hello(1, 1))) {
            try (InProcessKeyServer server = keyServer();
                    RawClient client = RawClient.connect(server.socket)) {
                client.send(0, hello);
                assertThat(client.answer(0)).isEqualTo(new Failed(Failure.UNSUPPORTED));
                assertClosed(client);
                assertThat(server.warnings())
                        .anyMatch(line ->
                                line.contains("versions " + hello.lowest()) && line.contains("versions 2 to 3"));
            }
        }
    }

    @Test
    void nothingIsAnsweredBeforeTheHelloAndASecondOneEndsTheConnection() throws Exception {
        try (InProcessKeyServer server = keyServer();
                RawClient early = RawClient.connect(server.socket);
                RawClient twice = RawClient.greeted(server.socket);
                RawClient turned = RawClient.greeted(server.socket)) {
            early.send(1, new Message.Ping());
            assertClosed(early);
            twice.send(0, new Message.Hello(2, 2));
            assertClosed(twice);
            turned.send(1, new Message.Pong()); // what only a key server says
            assertClosed(turned);
        }
    }

    @Test
    void itSignsAndListsItsKeysAndAnswersPings() throws Exception {
        try (InProcessKeyServer server = keyServer();
                RawClient client = RawClient.greeted(server.socket)) {
            byte[] input = serverKeyExchange(1);
            byte[] signature = result(client.send(1, sign(input)).answer(1));
            assertThat(SignatureVerifier.of(EC.getPublic()).verify(SignatureAlgorithm.ECDSA_SHA256, input, signature))
                    .isTrue();
            Message keys = client.send(2, new Message.ListKeys()).answer(2);
            assertThat(((Message.Keys) keys).keys())
                    .extracting(KeyOffer::key)
                    .containsExactlyInAnyOrder(KeyId.of(EC.getPublic()), KeyId.of(RSA.getPublic()));
            assertThat(client.send(3, new Message.Ping()).answer(3)).isEqualTo(new Message.Pong());
        }
        assertThat(Files.readString(directory.resolve("keys.log")))
                .contains("\"request\":1,\"operation\":\"sign:ecdsa_secp256r1_sha256\"")
                .contains("\"result\":\"ok\"")
                .contains(KeyId.of(EC.getPublic()).toString());
    }

    @Test
    void aDecryptionOrRandomGives48BytesWhateverThePaddingAndTheSameOnesAgain() throws Exception {
        byte[] good = padded(48);
        List<byte[]> bad =
                new ArrayList<>(List.of(padded(47), padded(49), padded(2), padded(48), padded(48), padded(48)));
        bad.get(3)[1] = 1; // block type
        bad.get(4)[9] = 0; // a zero in the padding
        bad.get(5)[209] = 1; // a secret of TLS 1.0
        try (InProcessKeyServer server = keyServer();
                RawClient client = RawClient.greeted(server.socket)) {
            byte[] secret = result(client.send(1, decrypt(encrypted(good))).answer(1));
            assertThat(secret).isEqualTo(Arrays.copyOfRange(good, 208, 256));
            Set<ByteBuffer> replaced = new HashSet<>();
            for (byte[] block : bad) {
                byte[] ciphertext = encrypted(block);
                byte[] first = result(client.send(2, decrypt(ciphertext)).answer(2));
                byte[] second = result(client.send(3, decrypt(ciphertext)).answer(3));
                assertThat(first).startsWith(3, 3); // as every secret does: no difference to see
                assertThat(first).hasSize(48).isEqualTo(second).isNotEqualTo(Arrays.copyOfRange(block, 208, 256));
                replaced.add(ByteBuffer.wrap(first));
            }
            assertThat(replaced).hasSameSizeAs(bad);
        }
        List<String> log = Files.readAllLines(directory.resolve("keys.log"));
        assertThat(log.subList(1, log.size()))
                .allMatch(line -> line.contains("\"operation\":\"decrypt:or-random\"")
                        && line.contains("\"result\":\"ok\"")); // a reader of the log learns nothing either
    }

    @Test
    void thePolicySignsServerKeyExchangeInputsAloneAndSaysSoInTheLog() throws Exception {
        try (InProcessKeyServer server = keyServer();
                RawClient client = RawClient.greeted(server.socket)) {
            byte[] cut = Arrays.copyOf(serverKeyExchange(1), 132);
            byte[] longer = Arrays.copyOf(serverKeyExchange(1), 134);
            byte[] tls13 = new byte[130];
            Arrays.fill(tls13, 0, 64, (byte) ' ');
            for (byte[] input : List.of(cut, longer, tls13, new byte[32], new byte[64])) {
                assertThat(client.send(1, sign(input)).answer(1)).isEqualTo(new Failed(Failure.REJECTED));
            }
        }
        List<String> log = Files.readAllLines(directory.resolve("keys.log"));
        assertThat(log).hasSize(6);
        assertThat(log.subList(1, 6)).allMatch(line -> line.contains("\"result\":\"refused:policy\""));
    }

    @Test
    void aDriverThatBreaksIsAnOperationThatFailedWithItsLineInTheLog() throws Exception {
        Gate gate = new Gate();
        InProcessKeyServer.Setup setup =
                new InProcessKeyServer.Setup().with(EC, gate::before).with(RSA, gate::before);
        List<Message> requests = List.of(sign(serverKeyExchange(1)), decrypt(encrypted(padded(48))));
        try (InProcessKeyServer server = setup.start(directory);
                RawClient client = RawClient.greeted(server.socket)) {
            for (Throwable defect : List.of(new NoClassDefFoundError("part of the driver"), new AssertionError())) {
                gate.failure(defect);
                for (Message request : requests) {
                    assertThat(client.send(1, request).answer(1)).isEqualTo(new Failed(Failure.FAILED));
                }
            }
            gate.failure(null);
            assertThat(client.send(1, requests.get(0)).answer(1)).isInstanceOf(Message.Result.class);
        }
        List<String> log = Files.readAllLines(directory.resolve("keys.log"));
        assertThat(log).hasSize(6);
        assertThat(log.subList(1, 5)).allMatch(line -> line.contains("\"result\":\"failed:"));
    }

    @Test
    void aKeyThatOnlySignsDecryptsNothingAndTheLogSaysSo() throws Exception {
        InProcessKeyServer.Setup setup =
                new InProcessKeyServer.Setup().signingOnly().with(RSA, key -> key);
        try (InProcessKeyServer server = setup.start(directory);
                RawClient client = RawClient.greeted(server.socket)) {
            assertThat(client.send(1, decrypt(encrypted(padded(48)))).answer(1))
                    .isEqualTo(new Failed(Failure.REJECTED));
            assertThat(client.send(2, new Message.ListKeys()).answer(2))
                    .isEqualTo(new Message.Keys(List.of(new KeyOffer(KeyId.of(RSA.getPublic()), true, false))));
        }
        assertThat(Files.readAllLines(directory.resolve("keys.log")).get(1))
                .contains("\"operation\":\"decrypt:or-random\"")
                .contains("\"result\":\"refused:policy\"");
    }

    @Test
    void whatAKeyCannotDoAndAKeyThatIsNotThereAreToldApart() throws Exception {
        try (InProcessKeyServer server = keyServer();
                RawClient client = RawClient.greeted(server.socket)) {
            byte[] input = serverKeyExchange(1);
            KeyId unknown = KeyId.ofBytes(new byte[32]);
            KeyId ec = KeyId.of(EC.getPublic());
            assertThat(client.send(1, new Message.Sign(unknown, 0, ECDSA, input))
                            .answer(1))
                    .isEqualTo(new Failed(Failure.KEY_UNAVAILABLE));
            assertThat(client.send(2, new Message.Sign(ec, 0, 0x0401, input)).answer(2))
                    .isEqualTo(new Failed(Failure.UNSUPPORTED)); // an RSA scheme
            assertThat(client.send(3, new Message.Sign(ec, 0, 0xFEFE, input)).answer(3))
                    .isEqualTo(new Failed(Failure.UNSUPPORTED)); // an unknown number
            assertThat(client.send(4, new Message.Decrypt(ec, 0, new byte[256])).answer(4))
                    .isEqualTo(new Failed(Failure.UNSUPPORTED));
        }
    }

    @Test
    void answersComeInTheOrderInWhichTheWorkIsDone() throws Exception {
        Gate gate = new Gate();
        gate.shut();
        InProcessKeyServer.Setup setup = InProcessKeyServer.serving(EC).with(RSA, gate::before);
        setup.workers = work -> new Thread(work, "worker").start();
        try (InProcessKeyServer server = setup.start(directory);
                RawClient client = RawClient.greeted(server.socket)) {
            client.send(1, decrypt(encrypted(padded(48)))).send(2, sign(serverKeyExchange(2)));
            result(client.answer(2));
            client.send(3, new Message.Ping()).answer(3);
            gate.open();
            result(client.answer(1));
        }
    }

    @Test
    void aCancelledRequestIsAnsweredAtOnceAndItsWorkIsNotDone() throws Exception {
        try (InProcessKeyServer server = holding().start(directory);
                RawClient client = RawClient.greeted(server.socket)) {
            client.send(1, sign(serverKeyExchange(1)));
            Runnable work = held();
            client.send(1, new Message.Cancel());
            assertThat(client.answer(1)).isEqualTo(new Failed(Failure.CANCELLED));
            client.send(1, new Message.Cancel()); // of what is not open any more
            client.send(1, sign(serverKeyExchange(2))); // and the id is free again
            Runnable next = held();
            work.run();
            next.run();
            result(client.answer(1));
        }
        assertThat(Files.readAllLines(directory.resolve("keys.log"))).hasSize(2);
    }

    @Test
    void aRequestWhoseDeadlinePassesIsToldSoWhileTheWorkStillWaits() throws Exception {
        try (InProcessKeyServer server = holding().start(directory);
                RawClient client = RawClient.greeted(server.socket)) {
            client.send(1, new Message.Sign(KeyId.of(EC.getPublic()), 30, ECDSA, serverKeyExchange(1)));
            assertThat(client.answer(1)).isEqualTo(new Failed(Failure.TIMED_OUT));
            held().run(); // comes to nothing
            client.send(2, new Message.Ping()).answer(2);
            server.awaitIdle();
        }
        assertThat(Files.readAllLines(directory.resolve("keys.log"))).hasSize(1);
    }

    @Test
    void moreThanAConnectionMayHaveOpenOrAPeerMayQueueIsRejected() throws Exception {
        InProcessKeyServer.Setup setup = holding();
        setup.limits = new KeyServerLimits(8, 2, 3, 0, 5_000_000_000L, 5_000_000_000L);
        try (InProcessKeyServer server = setup.start(directory);
                RawClient one = RawClient.greeted(server.socket);
                RawClient two = RawClient.greeted(server.socket)) {
            one.send(1, sign(serverKeyExchange(1))).send(2, sign(serverKeyExchange(2)));
            one.send(3, sign(serverKeyExchange(3)));
            assertThat(one.answer(3)).isEqualTo(new Failed(Failure.REJECTED)); // two open
            two.send(1, sign(serverKeyExchange(4))).send(2, sign(serverKeyExchange(5)));
            assertThat(two.answer(2)).isEqualTo(new Failed(Failure.REJECTED)); // three of the same user
            held().run();
            result(one.answer(1));
            two.send(2, sign(serverKeyExchange(6)));
            held();
        }
    }

    @Test
    void moreThanTheRateOrThePoolHasRoomForIsRejected() throws Exception {
        InProcessKeyServer.Setup setup = InProcessKeyServer.serving(EC);
        setup.limits = new KeyServerLimits(8, 100, 100, 5, 5_000_000_000L, 5_000_000_000L);
        int rejected = 0;
        try (InProcessKeyServer server = setup.start(directory);
                RawClient client = RawClient.greeted(server.socket)) {
            for (int i = 0; i < 50; i++) {
                rejected += client.send(i, sign(serverKeyExchange(i))).answer(i) instanceof Failed ? 1 : 0;
            }
        }
        assertThat(rejected).isBetween(20, 45); // five at once, and five more in each second that this takes
        setup.limits = KeyServerLimits.DEFAULT;
        setup.workers = work -> {
            throw new RejectedExecutionException("full");
        };
        try (InProcessKeyServer server = setup.start(directory);
                RawClient client = RawClient.greeted(server.socket)) {
            assertThat(client.send(1, sign(serverKeyExchange(1))).answer(1)).isEqualTo(new Failed(Failure.REJECTED));
        }
    }

    @Test
    void listsOfKeysCountAsRequestsOfTheRateAndPingsDoNot() throws Exception {
        InProcessKeyServer.Setup setup = InProcessKeyServer.serving(EC);
        setup.limits = new KeyServerLimits(8, 100, 100, 5, 5_000_000_000L, 5_000_000_000L);
        int rejected = 0;
        try (InProcessKeyServer server = setup.start(directory);
                RawClient client = RawClient.greeted(server.socket)) {
            for (int i = 0; i < 50; i++) {
                Message answer = client.send(i, new Message.ListKeys()).answer(i);
                rejected += answer.equals(new Failed(Failure.REJECTED)) ? 1 : 0;
                assertThat(client.send(i, new Message.Ping()).answer(i)).isEqualTo(new Message.Pong());
            }
        }
        assertThat(rejected).isBetween(20, 45); // five at once, and five more in each second that this takes
    }

    @Test
    void aRequestThatNoThreadWasMadeForLeavesThePlaceOfItsPeer() throws Exception {
        InProcessKeyServer.Setup setup = InProcessKeyServer.serving(EC);
        setup.limits = new KeyServerLimits(8, 100, 1, 0, 5_000_000_000L, 5_000_000_000L);
        setup.workers = work -> {
            throw new OutOfMemoryError("unable to create native thread");
        };
        try (InProcessKeyServer server = setup.start(directory);
                RawClient unlucky = RawClient.greeted(server.socket)) {
            unlucky.send(1, sign(serverKeyExchange(1)));
            assertClosed(unlucky);
            setup.workers = Runnable::run;
            try (RawClient client = RawClient.greeted(server.socket)) {
                assertThat(result(client.send(1, sign(serverKeyExchange(1))).answer(1)))
                        .isNotEmpty();
            }
        }
    }

    @Test
    void withoutALogTheKeysAreOutOfUse() throws Exception {
        AtomicInteger used = new AtomicInteger();
        InProcessKeyServer.Setup setup = new InProcessKeyServer.Setup().with(EC, InProcessKeyServer.counting(used));
        try (InProcessKeyServer server = setup.start(directory);
                RawClient client = RawClient.greeted(server.socket)) {
            result(client.send(1, sign(serverKeyExchange(1))).answer(1));
            server.breakLog();
            // The one that finds out is done, and not told; none after it is done.
            assertThat(client.send(2, sign(serverKeyExchange(2))).answer(2)).isEqualTo(new Failed(Failure.FAILED));
            assertThat(client.send(3, sign(serverKeyExchange(3))).answer(3))
                    .isEqualTo(new Failed(Failure.KEY_UNAVAILABLE));
            assertThat(used).hasValue(2);
            assertThat(client.send(4, new Message.Ping()).answer(4)).isEqualTo(new Message.Pong());
        }
    }

    @Test
    void anIdThatIsOpenIsNotGivenTwice() throws Exception {
        try (InProcessKeyServer server = holding().start(directory);
                RawClient client = RawClient.greeted(server.socket)) {
            client.send(1, sign(serverKeyExchange(1))).send(1, new Message.Ping());
            assertClosed(client);
            server.awaitIdle();
        }
    }

    @Test
    void aClientThatLeavesCancelsWhatIsOpen() throws Exception {
        try (InProcessKeyServer server = holding().start(directory)) {
            try (RawClient client = RawClient.greeted(server.socket)) {
                client.send(1, sign(serverKeyExchange(1))).send(2, decrypt(new byte[256]));
            }
            Runnable first = held();
            Runnable second = held();
            try (RawClient next = RawClient.greeted(server.socket)) {
                next.send(1, new Message.Ping()).answer(1);
                server.awaitIdle();
                first.run();
                second.run();
                next.send(2, new Message.Ping()).answer(2);
            }
        }
        assertThat(Files.readAllLines(directory.resolve("keys.log"))).hasSize(1);
    }

    @Test
    void moreConnectionsThanAPeerMayHaveAreClosedOnArrival() throws Exception {
        InProcessKeyServer.Setup setup = InProcessKeyServer.serving(EC);
        setup.limits = new KeyServerLimits(4, 10, 10, 0, 5_000_000_000L, 5_000_000_000L);
        try (InProcessKeyServer server = setup.start(directory);
                RawClient one = RawClient.greeted(server.socket);
                RawClient two = RawClient.greeted(server.socket);
                RawClient three = RawClient.connect(server.socket)) {
            assertClosed(three);
            one.send(1, new Message.Ping()).answer(1);
            two.send(1, new Message.Ping()).answer(1);
        }
    }

    @Test
    void aConnectionWithoutAHelloIsClosedAfterAWhile() throws Exception {
        InProcessKeyServer.Setup setup = InProcessKeyServer.serving(EC);
        setup.limits = new KeyServerLimits(4, 10, 10, 0, 50_000_000L, 5_000_000_000L);
        try (InProcessKeyServer server = setup.start(directory);
                RawClient silent = RawClient.connect(server.socket)) {
            assertClosed(silent);
        }
    }

    @Test
    void aClientThatDoesNotReadIsNotReadAndLosesItsConnectionInTheEnd() throws Exception {
        InProcessKeyServer.Setup setup = InProcessKeyServer.serving(EC);
        setup.limits = new KeyServerLimits(4, 10, 10, 0, 5_000_000_000L, 300_000_000L);
        try (InProcessKeyServer server = setup.start(directory);
                RawClient flooding = RawClient.greeted(server.socket);
                RawClient other = RawClient.greeted(server.socket)) {
            boolean closed = false;
            for (long i = 0; i < 5_000_000 && !closed; i++) {
                try {
                    flooding.send(i, new Message.ListKeys()); // blocks once the key server reads no more
                } catch (java.io.IOException e) {
                    closed = true;
                }
            }
            assertThat(closed).isTrue();
            other.send(1, new Message.Ping()).answer(1);
        }
    }
}
