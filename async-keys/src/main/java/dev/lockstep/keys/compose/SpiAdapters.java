package dev.lockstep.keys.compose;

import dev.lockstep.tls.peer.ClientCertificateVerifier;
import dev.lockstep.tls.peer.Verdict;
import dev.lockstep.tls.peer.VerificationRequest;
import dev.lockstep.tls.psk.PskRequest;
import dev.lockstep.tls.psk.PskSource;
import dev.lockstep.tls.session.OpenedTicket;
import dev.lockstep.tls.session.ResumableSession;
import dev.lockstep.tls.session.SessionId;
import dev.lockstep.tls.session.SessionLookup;
import dev.lockstep.tls.session.SessionStore;
import dev.lockstep.tls.session.TicketOpening;
import dev.lockstep.tls.session.TicketProtector;
import dev.lockstep.tls.wait.Asks;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * Objects of the SPI that ask their question another way and forward everything else: what a decorated look-up is put
 * back with.
 *
 * <pre>{@code
 * SessionStore limited = SpiAdapters.sessionStore(
 *         store, DeadlineAsk.of(store, Deadlines::limit, Duration.ofMillis(200), timer));
 * }</pre>
 *
 * A {@code CredentialSelector} is its question and nothing else, so {@code asks::start} is one.
 */
public final class SpiAdapters {

    private SpiAdapters() {}

    /** Returns {@code store} with its sessions looked up through {@code lookup}. */
    public static SessionStore sessionStore(
            SessionStore store, Asks<SessionLookup, Optional<ResumableSession>> lookup) {
        return new SessionStore() {
            @Override
            public Start<Optional<ResumableSession>> start(SessionLookup question, Waker waker) throws Exception {
                return lookup.start(question, waker);
            }

            @Override
            public Duration lookupTimeout() {
                return store.lookupTimeout();
            }

            @Override
            public void put(SessionId id, ResumableSession session) {
                store.put(id, session);
            }

            @Override
            public void remove(SessionId id) {
                store.remove(id);
            }
        };
    }

    /** Returns {@code protector} with its tickets opened through {@code opening}. */
    public static TicketProtector ticketProtector(
            TicketProtector protector, Asks<TicketOpening, Optional<OpenedTicket>> opening) {
        return new TicketProtector() {
            @Override
            public byte @Nullable [] seal(ResumableSession session) {
                return protector.seal(session);
            }

            @Override
            public Start<Optional<OpenedTicket>> start(TicketOpening question, Waker waker) throws Exception {
                return opening.start(question, waker);
            }

            @Override
            public Duration openTimeout() {
                return protector.openTimeout();
            }
        };
    }

    /** Returns {@code source} with its keys looked up through {@code lookup}. */
    public static PskSource pskSource(PskSource source, Asks<PskRequest, Optional<byte[]>> lookup) {
        return new PskSource() {
            @Override
            public Start<Optional<byte[]>> start(PskRequest question, Waker waker) throws Exception {
                return lookup.start(question, waker);
            }

            @Override
            public int standInLength() {
                return source.standInLength();
            }

            @Override
            public byte @Nullable [] sessionContext() {
                return source.sessionContext();
            }
        };
    }

    /** Returns {@code verifier} with its verdicts asked through {@code verdict}. */
    public static ClientCertificateVerifier verifier(
            ClientCertificateVerifier verifier, Asks<VerificationRequest, Verdict> verdict) {
        return verifier(verifier.acceptedIssuers(), verifier.sessionContext(), verdict);
    }

    /**
     * Returns a verifier. Its sessions depend on the names of the authorities and on nothing else.
     *
     * @param acceptedIssuers the authorities to list in CertificateRequest; empty for none
     */
    public static ClientCertificateVerifier verifier(
            List<X500Principal> acceptedIssuers, Asks<VerificationRequest, Verdict> verdict) {
        return verifier(acceptedIssuers, new byte[0], verdict);
    }

    private static ClientCertificateVerifier verifier(
            List<X500Principal> acceptedIssuers, byte[] sessionContext, Asks<VerificationRequest, Verdict> verdict) {
        List<X500Principal> issuers = List.copyOf(acceptedIssuers);
        byte[] context = sessionContext.clone();
        return new ClientCertificateVerifier() {
            @Override
            public Start<Verdict> start(VerificationRequest question, Waker waker) throws Exception {
                return verdict.start(question, waker);
            }

            @Override
            public List<X500Principal> acceptedIssuers() {
                return issuers;
            }

            @Override
            public byte[] sessionContext() {
                return context.clone();
            }
        };
    }
}
