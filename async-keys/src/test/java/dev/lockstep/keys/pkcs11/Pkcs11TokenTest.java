package dev.lockstep.keys.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.lockstep.keys.WorkerPools;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import java.nio.ByteBuffer;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.ProviderException;
import java.security.PublicKey;
import java.security.SignatureSpi;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Devices that fail, hang and come back in ways that no token in software does. */
@Timeout(60)
class Pkcs11TokenTest {

    private static final X509Certificate CERTIFICATE = TestIdentity.RSA_2048.certificate();

    /** Signs, or says that its device is gone. */
    public static final class Signing extends SignatureSpi {
        @Override
        protected void engineInitVerify(PublicKey key) {
            throw new UnsupportedOperationException();
        }

        @Override
        protected void engineInitSign(PrivateKey key) {}

        @Override
        protected void engineUpdate(byte b) {}

        @Override
        protected void engineUpdate(byte[] bytes, int offset, int length) {}

        @Override
        protected byte[] engineSign() {
            return new byte[] {1};
        }

        @Override
        protected boolean engineVerify(byte[] signature) {
            return false;
        }

        @Override
        @Deprecated
        protected void engineSetParameter(String name, Object value) {
            throw new UnsupportedOperationException();
        }

        @Override
        @Deprecated
        protected Object engineGetParameter(String name) {
            throw new UnsupportedOperationException();
        }
    }

    private static final class Library extends Provider {
        private static final long serialVersionUID = 1L;

        private final boolean fails;

        Library(boolean fails) {
            super("Library", "1", "a PKCS#11 library");
            this.fails = fails;
            putService(new Service(this, "Signature", "NONEwithRSA", Signing.class.getName(), null, null) {
                @Override
                public Object newInstance(Object parameter) {
                    if (((Library) getProvider()).fails) {
                        throw new ProviderException("it does not sign", new IllegalStateException("CKR_DEVICE_ERROR"));
                    }
                    return new Signing();
                }
            });
        }
    }

    /** A device whose next login and look find what a test says. */
    private static final class Scripted implements Pkcs11Token.Device {
        private final CountDownLatch entered = new CountDownLatch(1);
        private boolean fails;
        private boolean hasKey = true;
        private boolean hangs;
        private int logins;
        private int looks;

        Pkcs11Session session() {
            Map<ByteBuffer, PrivateKey> keys = new ConcurrentHashMap<>();
            if (hasKey) {
                keys.put(ByteBuffer.wrap(CERTIFICATE.getPublicKey().getEncoded()), TestIdentity.RSA_2048.privateKey());
            }
            return new Pkcs11Session(new Library(fails), keys, List.of());
        }

        @Override
        public Pkcs11Session open() {
            logins++;
            if (hangs) {
                hang();
            }
            return session();
        }

        private void hang() {
            entered.countDown();
            while (true) {
                LockSupport.park(); // as code of the device does, which no interrupt ends
            }
        }

        @Override
        public Pkcs11Session look(Pkcs11Session session) {
            looks++;
            return session();
        }
    }

    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1); // overflows, as nanoTime may
    private final Scripted device = new Scripted();

    private Pkcs11Token token() {
        return new Pkcs11Token(device, () -> {}, device.session(), clock::get);
    }

    private static SignRequest request() {
        return new SignRequest(
                SignatureScheme.RSA_PKCS1_SHA256, new byte[99], List.of(CERTIFICATE), null, OptionalLong.empty());
    }

    private static void assertUnavailable(Pkcs11Key key) {
        assertThatThrownBy(() -> key.sign(request()))
                .isInstanceOf(OperationException.class)
                .extracting(e -> ((OperationException) e).reason())
                .isEqualTo(Reason.KEY_UNAVAILABLE);
    }

    @Test
    void aTokenThatComesBackBeforeItsKeysServesAsSoonAsItHasThem() throws Exception {
        device.fails = true;
        Pkcs11Key key = new Pkcs11Key(token(), CERTIFICATE);
        device.fails = false;
        device.hasKey = false;
        for (int i = 0; i < 20; i++) {
            assertUnavailable(key);
        }
        assertThat(device.logins).isEqualTo(1);
        assertThat(device.looks).isEqualTo(1);

        device.hasKey = true;
        clock.addAndGet(Pkcs11Token.LOOK_NANOS);
        assertThat(key.sign(request())).hasSize(1);
        assertThat(device.logins).isEqualTo(1);
    }

    @Test
    void aDeviceThatFailsAtEachOperationIsNotLoggedInToForEach() {
        device.fails = true;
        Pkcs11Key key = new Pkcs11Key(token(), CERTIFICATE);
        for (int i = 0; i < 1000; i++) {
            assertUnavailable(key);
            clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(10));
        }
        assertThat(device.logins).isBetween(2, 8);
    }

    @Test
    void lossesThatAreFarApartAreMadeUpForImmediately() throws Exception {
        for (int i = 0; i < 3; i++) {
            device.fails = true;
            Pkcs11Key key = new Pkcs11Key(token(), CERTIFICATE);
            device.fails = false;
            assertThat(key.sign(request())).hasSize(1);
            clock.addAndGet(2 * Pkcs11Token.LONGEST_PAUSE_NANOS);
        }
        assertThat(device.logins).isEqualTo(3);
    }

    @Test
    void aDeviceThatHangsInALoginDoesNotKeepItsOwnerFromClosing() throws Exception {
        device.fails = true;
        Pkcs11Token token = token();
        Pkcs11Key key = new Pkcs11Key(token, CERTIFICATE);
        device.hangs = true;
        Pkcs11Keys keys = new Pkcs11Keys(token, WorkerPools.boundedPool(1, 1));
        Thread asking = new Thread(() -> assertUnavailable(key));
        asking.setDaemon(true);
        asking.start();
        assertThat(device.entered.await(20, TimeUnit.SECONDS)).isTrue();
        assertTimeoutPreemptively(Duration.ofSeconds(20), keys::close);
    }
}
