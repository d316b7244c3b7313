package dev.lockstep.jmh.slow;

import dev.lockstep.crypto.signature.LocalSigner;
import dev.lockstep.crypto.signature.SignatureAlgorithm;
import dev.lockstep.jmh.engine.ServerIdentity;
import dev.lockstep.keys.WorkerPools;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSslAsyncPrivateKeyMethod;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.lang.reflect.Method;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/** BoringSSL behind JNI with netty's asynchronous private keys, which suspend the handshake too. */
final class SlowTcnative implements SlowServer {
    private final ScheduledExecutorService signers = WorkerPools.scheduler(SlowKind.SIGNERS);
    private final SslContext context;

    SlowTcnative(ServerIdentity identity) throws GeneralSecurityException {
        LocalSigner signer = LocalSigner.of(identity.key(), new SecureRandom());
        try {
            context = SslContextBuilder.forServer(identity.key(), identity.certificate())
                    .sslProvider(SslProvider.OPENSSL_REFCNT)
                    .protocols("TLSv1.2")
                    .ciphers(List.of(SlowKeyBenchmark.SCENARIO.suite()))
                    .option(
                            OpenSslContextOption.GROUPS,
                            SlowKeyBenchmark.SCENARIO.groupNames().toArray(new String[0]))
                    .option(OpenSslContextOption.ASYNC_PRIVATE_KEY_METHOD, new Signing(signer))
                    .build();
        } catch (SSLException e) {
            throw new GeneralSecurityException("netty-tcnative refuses the configuration", e);
        }
    }

    @Override
    public Session accept(Runnable wake) throws IOException {
        SSLEngine engine = context.newEngine(ByteBufAllocator.DEFAULT);
        return new SlowEngineSession(engine, task -> waitsFor(task, wake), () -> ReferenceCountUtil.release(engine));
    }

    /** Netty's handler asks its tasks this way too, but the interface for it is not public. */
    private static boolean waitsFor(Runnable task, Runnable wake) {
        try {
            Method later = task.getClass().getMethod("run", Runnable.class);
            later.setAccessible(true);
            later.invoke(task, wake);
            return true;
        } catch (NoSuchMethodException e) {
            task.run();
            return false;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        signers.shutdownNow();
    }

    private final class Signing implements OpenSslAsyncPrivateKeyMethod {
        private final LocalSigner signer;

        Signing(LocalSigner signer) {
            this.signer = signer;
        }

        @Override
        public Future<byte[]> sign(SSLEngine engine, int algorithm, byte[] input) {
            Promise<byte[]> answer = ImmediateEventExecutor.INSTANCE.newPromise();
            signers.schedule(
                    () -> {
                        try {
                            answer.setSuccess(
                                    ProcessorTime.ofKey(() -> signer.sign(SignatureAlgorithm.ECDSA_SHA256, input)));
                        } catch (Exception e) {
                            answer.setFailure(e);
                        }
                    },
                    SlowKind.KEY_MILLIS,
                    TimeUnit.MILLISECONDS);
            return answer;
        }

        @Override
        public Future<byte[]> decrypt(SSLEngine engine, byte[] input) {
            throw new UnsupportedOperationException("no RSA here");
        }
    }
}
