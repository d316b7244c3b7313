package dev.lockstep.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.JdkClient;
import dev.lockstep.testkit.JdkConversation;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordedOperation;
import dev.lockstep.testkit.answer.WatchedKey;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.config.Policy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.credential.CredentialSelector;
import dev.lockstep.tls.session.ResumableSession;
import dev.lockstep.tls.session.SessionId;
import dev.lockstep.tls.session.SessionLookup;
import dev.lockstep.tls.session.SessionStore;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.SuspensionKind;
import dev.lockstep.tls.wait.Waker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every implementation of the private-key SPI owes a connection, in whole handshakes: cancelling, waking, deadlines,
 * other waits before its own, failures, and answers that race with clients who leave.
 */
@Timeout(120)
@Tag("one-jdk")
class EveryKeyTest {

    private static final Duration LIMIT = Duration.ofSeconds(5);
    /** user_canceled and close_notify, of a handshake that the application ends. */
    private static final byte[] CANCELLED = {21, 3, 3, 0, 2, 1, 90, 21, 3, 3, 0, 2, 1, 0};

    /** What the key is asked for. */
    enum Work {
        SIGN_ECDSA("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
        SIGN_RSA("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
        DECRYPT("TLS_RSA_WITH_AES_128_GCM_SHA256");

        final String suite;

        Work(String suite) {
            this.suite = suite;
        }

        SuspensionKind kind() {
            return this == DECRYPT ? SuspensionKind.DECRYPT : SuspensionKind.SIGN;
        }

        /** RFC 5246 7.4.7.1: that a decryption failed shows at Finished, as any other wrong secret does. */
        AlertDescription failure() {
            return this == DECRYPT ? AlertDescription.BAD_RECORD_MAC : AlertDescription.INTERNAL_ERROR;
        }
    }

    @TempDir
    static Path directory;

    private static final Map<KeyImplementation, KeyUnderTest> OPENED = new EnumMap<>(KeyImplementation.class);
    private static final AtomicLong CLOCK = new AtomicLong(System.nanoTime());
    private static TestFiles files;

    private final Queue<JdkConversation> woken = new ConcurrentLinkedQueue<>();
    private KeyUnderTest key;
    private WatchedKey rsa;
    private WatchedKey ec;
    private SSLContext trusting;

    static Stream<Arguments> everyWork() {
        return Stream.of(KeyImplementation.values()).flatMap(implementation -> Stream.of(Work.values())
                .filter(work -> work != Work.DECRYPT || implementation.decrypts())
                .map(work -> Arguments.of(implementation, work)));
    }

    @BeforeAll
    static void makeKeys() throws Exception {
        files = new TestFiles(directory);
    }

    @AfterAll
    static void closeAll() throws Exception {
        for (KeyUnderTest opened : OPENED.values()) {
            opened.close();
        }
        OPENED.clear();
    }

    private void use(KeyImplementation implementation) throws Exception {
        if (!OPENED.containsKey(implementation)) {
            OPENED.put(implementation, implementation.open(files, CLOCK::get));
        }
        key = OPENED.get(implementation);
        rsa = new WatchedKey(key.rsa());
        ec = new WatchedKey(key.ec());
        trusting = JdkClient.contextThatTrusts(files.ca.certificate());
    }

    /** Nothing stays behind: no operation under way, no plaintext, no breach of the call discipline. */
    @AfterEach
    void nothingIsLeft() throws Exception {
        if (key == null) {
            return; // skipped
        }
        key.release();
        turnUntil("an idle key", () -> key.open() == 0);
        turnUntil("wiped plaintexts", () -> key.gate.plaintexts.stream().allMatch(Bytes::isZero));
        key.gate.plaintexts.clear();
        for (WatchedKey probe : List.of(rsa, ec)) {
            probe.assertDisciplined();
            assertThat(probe.operations()).noneMatch(RecordedOperation::isPending);
            assertThat(probe.operations()).allMatch(RecordedOperation::isWiped);
        }
    }

    private WatchedKey probe(Work work) {
        return work == Work.SIGN_ECDSA ? ec : rsa;
    }

    private TlsServerConfig config(UnaryOperator<TlsServerConfigBuilder> more) {
        return more.apply(TlsServerConfig.builder()
                        .policy(Policy.COMPATIBLE)
                        .clock(CLOCK::get)
                        .keyOperationTimeout(LIMIT)
                        .handshakeTimeout(Duration.ZERO)
                        .credential(Credential.external(List.of(files.ecCertificate), ec))
                        .credential(Credential.external(List.of(files.rsaCertificate), rsa)))
                .build();
    }

    private JdkConversation begin(Work work) throws Exception {
        return begin(work, config(UnaryOperator.identity()));
    }

    private JdkConversation begin(Work work, TlsServerConfig config) throws Exception {
        JdkConversation handshake = JdkConversation.of(config, trusting, work.suite);
        handshake.server().onWake(() -> woken.add(handshake));
        handshake.advances();
        return handshake;
    }

    /** One round of the application's loop, without stepping a connection. */
    private void turn() throws Exception {
        key.turn();
    }

    /** One round, with those stepped that were woken. */
    private void turnAndStep() throws Exception {
        turn();
        for (JdkConversation next = woken.poll(); next != null; next = woken.poll()) {
            if (!next.isGone()) {
                next.advances();
            }
        }
    }

    private void turnUntil(String what, BooleanSupplier there) throws Exception {
        waitFor(what, there, this::turn);
    }

    private void stepUntil(String what, BooleanSupplier there) throws Exception {
        waitFor(what, there, this::turnAndStep);
    }

    private static void waitFor(String what, BooleanSupplier there, KeyUnderTest.Action meanwhile) throws Exception {
        long begin = System.nanoTime();
        while (!there.getAsBoolean()) {
            if (System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(30)) {
                throw new AssertionError("not reached: " + what);
            }
            meanwhile.run();
            Thread.onSpinWait();
        }
    }

    /** A handshake that waits for the key, which is held; one with a key in the driving thread is over by then. */
    private JdkConversation suspended(Work work) throws Exception {
        key.hold();
        JdkConversation handshake = begin(work);
        assertThat(handshake.isSuspended()).isEqualTo(key.suspends);
        assertThat(handshake.isDone()).isNotEqualTo(key.suspends);
        if (key.suspends) {
            assertThat(handshake.server().connection().suspension().kind()).isEqualTo(work.kind());
            turnUntil("a result held back", key::holds);
        }
        return handshake;
    }

    private void completes(JdkConversation handshake) throws Exception {
        stepUntil(
                "the end of the handshake",
                () -> handshake.isDone() || handshake.server().failure() != null);
        assertThat(handshake.server().failure()).isNull();
        assertThat(handshake.client().failure()).isNull();
    }

    private void fails(JdkConversation handshake, Work work) throws Exception {
        stepUntil("the client's failure", () -> handshake.client().failure() != null);
        assertThat(handshake.server().failure().alert()).isEqualTo(work.failure());
        String name = work.failure().name().toLowerCase(java.util.Locale.ROOT);
        assertThat(handshake.client().failure()).hasMessageContaining(name);
    }

    private void worksAgain(Work work) throws Exception {
        key.release();
        completes(begin(work));
    }

    // ---- C: cancelling

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everyWork")
    void closingWhilePendingCancelsOnceAndALateResultIsIgnored(KeyImplementation implementation, Work work)
            throws Exception {
        use(implementation);
        JdkConversation handshake = suspended(work);
        RecordedOperation operation = probe(work).operation();
        if (!key.suspends) {
            handshake.closes();
            assertThat(operation.cancels()).isZero();
            return;
        }
        assertThat(handshake.closes()).isEqualTo(CANCELLED);
        assertThat(operation.cancels()).isEqualTo(1);
        int resumes = operation.resumes();
        woken.clear();

        key.release();
        turnUntil("an idle key", () -> key.open() == 0);
        operation.wake();
        assertThat(woken).as("wakes of a wait that has ended").isEmpty();
        assertThat(handshake.server().stepsOnce()).isEqualTo(StepResult.CLOSED);
        assertThat(handshake.closes()).isEmpty();
        assertThat(operation.resumes()).isEqualTo(resumes);
        assertThat(operation.cancels()).isEqualTo(1);
        worksAgain(work);
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everyWork")
    void aResultThatWasNotFetchedBeforeTheCloseIsNotUsed(KeyImplementation implementation, Work work) throws Exception {
        use(implementation);
        JdkConversation handshake = suspended(work);
        if (!key.suspends) {
            return; // its results are fetched in the step that asks, see above
        }
        RecordedOperation operation = probe(work).operation();
        int resumes = operation.resumes();
        key.release();
        turnUntil("a wake", () -> operation.wakes() > 0);
        assertThat(handshake.closes()).isEqualTo(CANCELLED);
        assertThat(operation.cancels()).isEqualTo(1);
        assertThat(operation.resumes()).isEqualTo(resumes);
        worksAgain(work);
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everyWork")
    void aPeerThatLeavesCancelsOnce(KeyImplementation implementation, Work work) throws Exception {
        use(implementation);
        JdkConversation handshake = suspended(work);
        handshake.leaves();
        assertThat(probe(work).operation().cancels()).isEqualTo(key.suspends ? 1 : 0);
        worksAgain(work);
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everyWork")
    void closingBeforeStartOrAfterTheEndCancelsNothing(KeyImplementation implementation, Work work) throws Exception {
        use(implementation);
        JdkConversation early = JdkConversation.of(config(UnaryOperator.identity()), trusting, work.suite);
        early.closes();
        assertThat(probe(work).operations()).isEmpty();

        JdkConversation late = begin(work);
        completes(late);
        assertThat(late.closes()).isNotEmpty();
        assertThat(probe(work).operation().cancels()).isZero();
    }

    // ---- E: waking

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everyWork")
    void aWakeBeforeStartHasReturnedIsNotLost(KeyImplementation implementation, Work work) throws Exception {
        use(implementation);
        key.hold();
        probe(work).hooks(KeyScript.manual().onStart(() -> awaitWake(work)));
        completes(begin(work));
        assertThat(probe(work).operation().wakes()).isEqualTo(key.suspends ? 1 : 0);
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everyWork")
    void aWakeWhileAStepPollsIsNotLost(KeyImplementation implementation, Work work) throws Exception {
        use(implementation);
        AtomicBoolean due = new AtomicBoolean();
        probe(work).hooks(KeyScript.manual().afterEmptyPoll(() -> {
            if (due.getAndSet(false)) {
                awaitWake(work);
            }
        }));
        JdkConversation handshake = suspended(work);
        woken.clear();
        due.set(true);
        if (key.suspends) {
            assertThat(handshake.server().stepsOnce()).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
            assertThat(woken).containsExactly(handshake);
        }
        completes(handshake);
    }

    /** Lets the key go and waits for its answer, in the middle of a call from the connection. */
    private void awaitWake(Work work) {
        try {
            key.release();
            turnUntil("a wake", () -> probe(work).last().wakes() > 0);
        } catch (Exception e) { // boundary: called from where nothing checked may be thrown
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everyWork")
    void lateDoubledAndSpuriousWakesDoNoHarm(KeyImplementation implementation, Work work) throws Exception {
        use(implementation);
        probe(work).wakesPassedOn(2);
        JdkConversation handshake = suspended(work);
        RecordedOperation operation = probe(work).operation();
        if (key.suspends) {
            for (int i = 0; i < 3; i++) {
                woken.clear();
                operation.wake();
                assertThat(woken).as("spurious wakes").isNotEmpty();
                turnAndStep();
                assertThat(handshake.isSuspended()).isTrue();
                assertThat(handshake.server().connection().suspension().kind()).isEqualTo(work.kind());
            }
            key.release();
        }
        completes(handshake);
        woken.clear();
        operation.wake();
        assertThat(woken).as("wakes of a wait that has ended").isEmpty();
        assertThat(probe(work).operation().cancels()).isZero();
    }

    // ---- F: deadlines

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everyWork")
    void aKeyThatDoesNotAnswerInTimeIsCancelledOnce(KeyImplementation implementation, Work work) throws Exception {
        use(implementation);
        JdkConversation handshake = suspended(work);
        if (!key.suspends) {
            assertThat(handshake.server().connection().nextDeadlineNanos()).isEmpty();
            return;
        }
        assertThat(handshake.server().connection().nextDeadlineNanos()).hasValue(CLOCK.get() + LIMIT.toNanos());
        CLOCK.addAndGet(LIMIT.toNanos() - 1);
        handshake.advances();
        assertThat(handshake.isSuspended()).isTrue();
        CLOCK.incrementAndGet();
        handshake.advances();
        fails(handshake, work);
        assertThat(probe(work).operation().cancels()).isEqualTo(1);
        key.release();
        turnUntil("an idle key", () -> key.open() == 0);
        worksAgain(work);
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everyWork")
    void aResultJustBeforeTheDeadlineIsUsed(KeyImplementation implementation, Work work) throws Exception {
        use(implementation);
        JdkConversation handshake = suspended(work);
        CLOCK.addAndGet(LIMIT.toNanos() - 1);
        key.release();
        completes(handshake);
        assertThat(probe(work).operation().cancels()).isZero();
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everyWork")
    void aResultJustAfterTheDeadlineIsNot(KeyImplementation implementation, Work work) throws Exception {
        use(implementation);
        JdkConversation handshake = suspended(work);
        CLOCK.addAndGet(LIMIT.toNanos());
        key.release();
        if (!key.suspends) {
            assertThat(handshake.isDone()).isTrue();
            return;
        }
        RecordedOperation operation = probe(work).operation();
        int resumes = operation.resumes();
        turnUntil("a wake", () -> operation.wakes() > 0);
        fails(handshake, work);
        assertThat(operation.resumes()).isEqualTo(resumes);
        assertThat(operation.cancels()).isEqualTo(1);
        worksAgain(work);
    }

    // ---- I: other waits before the key's

    /** A wait that ends when the test says so. */
    private static final class Manual<T> implements PendingOperation<T> {
        private Progress<T> progress = Progress.inProgress();
        private Waker waker;
        int starts;
        int resumes;

        Start<T> start(Waker announced) {
            starts++;
            waker = announced;
            return Start.inProgress(this);
        }

        void answer(T value) {
            progress = Progress.done(value);
            waker.wake();
        }

        @Override
        public Progress<T> resume() {
            resumes++;
            return progress;
        }
    }

    private void first(
            JdkConversation handshake, Manual<?> before, Work work, int startedBefore, KeyUnderTest.Action answer)
            throws Exception {
        assertThat(handshake.isSuspended()).isTrue();
        assertThat(probe(work).starts()).isEqualTo(startedBefore);
        key.hold();
        answer.run();
        turnAndStep();
        assertThat(before.starts).isEqualTo(1);
        int resumes = before.resumes;
        if (key.suspends) {
            assertThat(handshake.server().connection().suspension().kind()).isEqualTo(work.kind());
            woken.clear();
            before.waker.wake();
            assertThat(woken).as("a wake of the wait before").isEmpty();
            handshake.advances();
            assertThat(handshake.isSuspended()).isTrue();
            key.release();
        }
        completes(handshake);
        assertThat(before.starts).isEqualTo(1);
        assertThat(before.resumes).as("the wait before is not asked again").isEqualTo(resumes);
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everyWork")
    void theChoiceOfACredentialAndTheKeyAreTwoWaits(KeyImplementation implementation, Work work) throws Exception {
        use(implementation);
        Manual<List<Credential>> choice = new Manual<>();
        CredentialSelector selector = (request, waker) -> choice.start(waker);
        JdkConversation handshake = begin(work, config(builder -> builder.credentialSelector(selector)));
        assertThat(handshake.server().connection().suspension().kind()).isEqualTo(SuspensionKind.CREDENTIAL_SELECTION);
        Credential chosen = work == Work.SIGN_ECDSA
                ? Credential.external(List.of(files.ecCertificate), ec)
                : Credential.external(List.of(files.rsaCertificate), rsa);
        first(handshake, choice, work, 0, () -> choice.answer(List.of(chosen)));
        assertThat(probe(work).operations()).hasSize(1);
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everyWork")
    void theSearchForASessionAndTheKeyAreTwoWaits(KeyImplementation implementation, Work work) throws Exception {
        use(implementation);
        Manual<Optional<ResumableSession>> search = new Manual<>();
        SessionStore store = new SessionStore() {
            @Override
            public Start<Optional<ResumableSession>> start(SessionLookup lookup, Waker waker) {
                return search.start(waker);
            }

            @Override
            public void put(SessionId id, ResumableSession session) {}

            @Override
            public void remove(SessionId id) {}
        };
        TlsServerConfig config = config(builder -> builder.sessionStore(store));
        completes(begin(work, config));
        assertThat(search.starts).isZero();
        assertThat(probe(work).operation().isWiped()).isTrue();

        JdkConversation again = begin(work, config);
        assertThat(again.server().connection().suspension().kind()).isEqualTo(SuspensionKind.SESSION_LOOKUP);
        first(again, search, work, 1, () -> search.answer(Optional.empty()));
        assertThat(probe(work).starts()).isEqualTo(2);
    }

    // ---- J: failures on the other side of each bridge

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everyWork")
    void aFailureIsAnAlertForASignatureAndMaskedForADecryption(KeyImplementation implementation, Work work)
            throws Exception {
        use(implementation);
        for (Throwable cause :
                List.of(new IOException("device removed"), new NoClassDefFoundError("a driver's defect"))) {
            key.failure(cause);
            try {
                fails(begin(work), work);
            } finally {
                key.failure(null);
            }
            worksAgain(work);
        }
        assertThat(probe(work).cancels()).isZero();
    }

    // ---- completions that race with cancels

    @ParameterizedTest
    @EnumSource
    void answersThatRaceWithLeavingClientsAreNeitherLostNorLeaked(KeyImplementation implementation) throws Exception {
        use(implementation);
        Random random = new Random(20_261_123);
        List<Work> works = Stream.of(Work.values())
                .filter(work -> work != Work.DECRYPT || implementation.decrypts())
                .toList();
        TlsServerConfig config = config(UnaryOperator.identity());
        List<JdkConversation> all = new ArrayList<>();
        List<JdkConversation> underWay = new ArrayList<>();
        long begin = System.nanoTime();
        while (all.size() < 300 && (all.size() < 60 || System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(6))) {
            JdkConversation next = begin(works.get(all.size() % works.size()), config);
            all.add(next);
            underWay.add(next);
            if (random.nextInt(3) == 0) {
                // A client that may have been answered by now, or be about to be.
                JdkConversation leaving = underWay.remove(random.nextInt(underWay.size()));
                if (random.nextBoolean()) {
                    leaving.leaves();
                } else {
                    leaving.closes();
                }
            }
            if (underWay.size() > 20) {
                JdkConversation oldest = underWay.get(0);
                stepUntil(
                        "the oldest handshake",
                        () -> oldest.isDone() || oldest.server().failure() != null);
                underWay.removeIf(JdkConversation::isDone);
            } else if (random.nextBoolean()) {
                turnAndStep();
            }
        }
        stepUntil("all handshakes", () -> all.stream().allMatch(one -> one.isGone() || one.isDone()));
        assertThat(all)
                .filteredOn(one -> !one.isGone())
                .allMatch(one -> one.server().failure() == null);
        long done = all.stream().filter(one -> !one.isGone()).count();
        int started = rsa.starts() + ec.starts();
        int cancelled = rsa.cancels() + ec.cancels();
        System.out.println(implementation + ": " + done + " of " + all.size() + " handshakes done, " + started
                + " operations, " + cancelled + " cancelled");
        assertThat(started).isEqualTo(all.size());
        assertThat(done).isGreaterThan(all.size() / 3L);
        if (key.suspends) {
            assertThat(cancelled).isPositive();
        } else {
            assertThat(cancelled).isZero();
        }
        for (Work work : works) {
            worksAgain(work);
        }
    }
}
