package dev.lockstep.tls.internal.handshake.phase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lockstep.crypto.group.EphemeralKey;
import dev.lockstep.crypto.group.FfdheParameters;
import dev.lockstep.crypto.group.Group;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.internal.message.ClientKeyExchange;
import dev.lockstep.tls.internal.message.DheClientKeyExchange;
import dev.lockstep.tls.internal.message.DheServerKeyExchange;
import dev.lockstep.tls.internal.message.EcdheClientKeyExchange;
import dev.lockstep.tls.internal.message.EcdheServerKeyExchange;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.RefusedException;
import dev.lockstep.tls.wait.Start;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

/** The server's ephemeral key: what it says of itself, that it serves once, and what it makes of a client's public value. */
class KeyShareTest {

    private static final byte[] SIGNATURE = {1, 2, 3};
    private static final SignatureScheme SCHEME = SignatureScheme.RSA_PKCS1_SHA256;

    private final TlsServerConfig config = TlsServerConfig.builder()
            .preSharedKeys((request, waker) -> Start.fallThrough())
            .build();
    private final KeyShare ecdhe = KeyShare.generate(NamedGroup.X25519, config);
    private final KeyShare dhe = KeyShare.generate(NamedGroup.FFDHE2048, config);

    /** RFC 8422 5.4, RFC 5246 7.4.3: the params that are signed are those of the message. */
    @Test
    void theMessageHasTheParamsOfItsGroupAndTheirSignature() {
        EcdheServerKeyExchange elliptic = (EcdheServerKeyExchange) ecdhe.message(SCHEME, SIGNATURE);
        assertThat(elliptic.encodedParams()).isEqualTo(ecdhe.params());
        assertThat(elliptic.params().group()).isEqualTo(NamedGroup.X25519).isEqualTo(ecdhe.group());
        assertThat(elliptic.signed().signature()).isEqualTo(SIGNATURE);
        DheServerKeyExchange finite = (DheServerKeyExchange) dhe.message(SCHEME, SIGNATURE);
        assertThat(finite.encodedParams()).isEqualTo(dhe.params());
        assertThat(finite.params().p()).isEqualTo(FfdheParameters.pBytes(Group.FFDHE2048));
        assertThat(finite.params().g()).containsExactly(2);
        assertThat(finite.signed().signature()).isEqualTo(SIGNATURE);
    }

    @Test
    void bothSidesAgreeOnOneSecretAndNoSecondOne() throws Exception {
        EphemeralKey client = EphemeralKey.generate(Group.X25519, new SecureRandom());
        ClientKeyExchange message = new EcdheClientKeyExchange(client.publicValue());
        byte[] point = ((EcdheServerKeyExchange) ecdhe.message(SCHEME, SIGNATURE))
                .params()
                .point();
        assertThat(ecdhe.agree(message)).isEqualTo(client.agree(point)).hasSize(32);
        assertThatIllegalStateException().isThrownBy(() -> ecdhe.agree(message));
    }

    @Test
    void bothSidesAgreeInAFiniteFieldToo() throws Exception {
        EphemeralKey client = EphemeralKey.generate(Group.FFDHE2048, new SecureRandom());
        byte[] ys =
                ((DheServerKeyExchange) dhe.message(SCHEME, SIGNATURE)).params().ys();
        assertThat(dhe.agree(new DheClientKeyExchange(client.publicValue()))).isEqualTo(client.agree(ys));
    }

    /** RFC 7919 4-7, RFC 8422 5.11: whatever is wrong with the value, the client hears of it. */
    @Test
    void aValueThatIsNoneOfTheGroupIsRefused() {
        refuses(ecdhe, new EcdheClientKeyExchange(new byte[32]), AlertDescription.ILLEGAL_PARAMETER);
        refuses(dhe, new DheClientKeyExchange(new byte[] {1}), AlertDescription.ILLEGAL_PARAMETER);
        KeyShare curve = KeyShare.generate(NamedGroup.SECP256R1, config);
        refuses(curve, new EcdheClientKeyExchange(new byte[0]), AlertDescription.DECODE_ERROR);
    }

    private static void refuses(KeyShare share, ClientKeyExchange message, AlertDescription alert) {
        RefusedException refused = catchThrowableOfType(RefusedException.class, () -> share.agree(message));
        assertThat(refused).isNotNull();
        assertThat(refused.alert()).isEqualTo(alert);
        assertThatIllegalStateException().as("it has served").isThrownBy(() -> share.agree(message));
    }

    @Test
    void aDestroyedKeyAgreesNoMore() {
        ecdhe.destroy();
        ecdhe.destroy();
        EphemeralKey client = EphemeralKey.generate(Group.X25519, new SecureRandom());
        assertThatIllegalStateException()
                .isThrownBy(() -> ecdhe.agree(new EcdheClientKeyExchange(client.publicValue())));
    }
}
