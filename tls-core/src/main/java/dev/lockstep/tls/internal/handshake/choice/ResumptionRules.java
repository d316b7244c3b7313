package dev.lockstep.tls.internal.handshake.choice;

import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.internal.extension.EncryptThenMac;
import dev.lockstep.tls.internal.extension.ExtendedMasterSecret;
import dev.lockstep.tls.internal.handshake.phase.Offer;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.session.ResumableSession;
import dev.lockstep.tls.wait.SuspensionKind;
import java.security.MessageDigest;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.Date;
import org.jspecify.annotations.Nullable;

/**
 * Whether a session that was found may be resumed by this ClientHello, under the configuration of now. Nearly every no is
 * a full handshake; two are fatal, because only a client that errs, or a man in the middle, gets there.
 */
public final class ResumptionRules {

    /** How far the clocks of servers that share sessions may be apart. */
    private static final long CLOCK_SKEW_SECONDS = 60;

    private ResumptionRules() {}

    /**
     * Judges a session.
     *
     * @param byId whether the session was named by its id and not by a ticket
     * @return whether the handshake is to be abbreviated
     */
    public static boolean permit(TlsServerConfig config, Offer offer, ResumableSession session, boolean byId) {
        return isOurs(config, offer, session, byId)
                && agreesOnMasterSecret(offer, session)
                && hasSuite(config, offer, session, byId)
                // RFC 7366 3.1: a handshake that continues a session does not take encrypt-then-MAC away from it.
                && (!session.encryptThenMac() || offer.extensions().has(EncryptThenMac.class))
                && clientIsStillKnown(config, offer, session);
    }

    /** The age, the name and the binding: whether there is such a session here at all. */
    private static boolean isOurs(TlsServerConfig config, Offer offer, ResumableSession session, boolean byId) {
        long age = config.wallClock().instant().getEpochSecond() - session.createdAtSeconds();
        String serverName = offer.serverName();
        byte[] context = context(config, serverName, session.pskIdentity() != null, byId);
        // RFC 6066 3-6: "A server that implements this extension MUST NOT accept the request to resume the session if
        // the server_name extension contains a different name. Instead, it proceeds with a full handshake".
        // RFC 9325 3.4-5: "session ticket validity MUST be limited to a reasonable duration".
        return age >= -CLOCK_SKEW_SECONDS
                && age < config.sessionLifetimeSeconds()
                && SessionBinding.sameName(session.serverName(), serverName)
                && context != null
                && MessageDigest.isEqual(session.context(), context);
    }

    /**
     * What sessions are bound to here. The boundary to foreign code, which says a part of it: null if it fails, and there is a full
     * handshake. Not every language declares its checked exceptions.
     */
    private static byte @Nullable [] context(
            TlsServerConfig config, @Nullable String serverName, boolean psk, boolean byId) {
        try {
            return psk ? SessionBinding.withPreSharedKey(config, serverName) : SessionBinding.of(config, serverName);
        } catch (Exception | Error e) {
            SuspensionKind kind = byId ? SuspensionKind.SESSION_LOOKUP : SuspensionKind.TICKET_OPENING;
            config.observer().onOperationFailed(kind, e);
            return null;
        }
    }

    private static boolean agreesOnMasterSecret(Offer offer, ResumableSession session) {
        boolean offered = offer.extensions().has(ExtendedMasterSecret.class);
        // RFC 7627 5.3-3 and 5.4-5: "If the original session used the "extended_master_secret" extension but the new
        // ClientHello does not contain it, the server MUST abort the abbreviated handshake."
        if (session.extendedMasterSecret() && !offered) {
            throw FatalAlert.handshakeFailure("extended_master_secret was dropped in a resumption");
        }
        // RFC 7627 5.3-2: "If the original session did not use the "extended_master_secret" extension but the new
        // ClientHello contains the extension, then the server MUST NOT perform the abbreviated handshake."
        return session.extendedMasterSecret() == offered;
    }

    private static boolean hasSuite(TlsServerConfig config, Offer offer, ResumableSession session, boolean byId) {
        // RFC 5246 7.4.1.2-4: the compression method of every session is null, which every ClientHello must offer.
        if (!offer.hello().offers(session.cipherSuite().code())) {
            // RFC 5246 7.4.1.2-3: "If the session_id field is not empty (implying a session resumption request), this
            // vector MUST include at least the cipher_suite from that session." A ticket says nothing to the client
            // about its suite, and its session_id is invented (RFC 5077 3.4), so the rule is not for tickets.
            if (byId) {
                throw FatalAlert.illegalParameter("the cipher suite of the session is not offered");
            }
            return false;
        }
        return config.cipherSuites().contains(session.cipherSuite());
    }

    /**
     * Whether the policy of now would know the client by this session: one without a certificate is no way around a policy
     * that requires one, and certificates that have run out since then are not accepted again.
     */
    private static boolean clientIsStillKnown(TlsServerConfig config, Offer offer, ResumableSession session) {
        ClientAuthentication policy = config.clientAuthentication(offer.serverName());
        if (session.clientChain().isEmpty() ? policy.isRequired() : !policy.asks()) {
            return false;
        }
        Date now = Date.from(config.wallClock().instant());
        try {
            for (X509Certificate certificate : session.clientChain()) {
                certificate.checkValidity(now);
            }
            return true;
        } catch (CertificateExpiredException | CertificateNotYetValidException e) {
            return false;
        }
    }
}
