package dev.lockstep.keys;

import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The four callbacks as a C server has them: keys in slots found by certificate, so many resumes that answer "in
 * progress", an error injected where a test wants it, everything counted.
 */
final class AsyncContext {

    /** Where an error strikes. */
    enum Inject {
        NONE,
        START,
        RESUME
    }

    private record Slot(BlockingKey key, int delay) {}

    private static final class Data {
        final byte[] result;
        int delay;

        Data(byte[] result, int delay) {
            this.result = result;
            this.delay = delay;
        }
    }

    private final Map<X509Certificate, Slot> slots = new HashMap<>();
    Inject inject = Inject.NONE;
    final List<String> calls = new ArrayList<>();
    SignRequest lastSigned;

    /** Puts a key into a slot. */
    AsyncContext slot(TestIdentity identity, int delay) {
        slots.put(identity.chain().get(0), new Slot(Requests.local(identity), delay));
        return this;
    }

    CallbackKey both() {
        return decryptOnto(signOnto(CallbackKey.builder())).build();
    }

    CallbackKey signOnly() {
        return signOnto(CallbackKey.builder()).build();
    }

    CallbackKey decryptOnly() {
        return decryptOnto(CallbackKey.builder()).build();
    }

    /** Claims every scheme, so that start is asked for certificates without a slot too. */
    private CallbackKey.Builder signOnto(CallbackKey.Builder builder) {
        Set<SignatureScheme> all = EnumSet.allOf(SignatureScheme.class);
        return builder.signStart(all, (operation, request) -> {
                    lastSigned = request;
                    Slot slot = slots.get(request.certificate());
                    return start("sign", operation, slot, slot == null ? null : () -> slot.key.sign(request));
                })
                .resume(this::resume)
                .cancel(operation -> calls.add("cancel:" + (operation.data() != null)));
    }

    private CallbackKey.Builder decryptOnto(CallbackKey.Builder builder) {
        return builder.decryptStart((operation, request) -> {
                    Slot slot = slots.get(request.certificate());
                    return start("decrypt", operation, slot, slot == null ? null : () -> slot.key.decrypt(request));
                })
                .resume(this::resume)
                .cancel(operation -> calls.add("cancel:" + (operation.data() != null)));
    }

    private int start(String kind, CallbackKey.Operation operation, Slot slot, Requests.Work work) throws Exception {
        if (slot == null) {
            calls.add(kind + ":fallthrough");
            return CallbackKey.FALLTHROUGH;
        }
        calls.add(kind);
        if (inject == Inject.START) {
            return -0x3E80; // MBEDTLS_ERR_PK_FEATURE_UNAVAILABLE or whatever else is not one of the four
        }
        operation.setData(new Data(work.run(), slot.delay));
        return slot.delay > 0 ? CallbackKey.IN_PROGRESS : CallbackKey.OK;
    }

    private int resume(CallbackKey.Operation operation, ByteBuffer output) {
        calls.add("resume");
        Data data = (Data) operation.data();
        if (data.delay > 0) {
            data.delay--;
            operation.wake();
            return CallbackKey.IN_PROGRESS;
        }
        output.put(data.result);
        return inject == Inject.RESUME ? -0x4300 : CallbackKey.OK;
    }
}
