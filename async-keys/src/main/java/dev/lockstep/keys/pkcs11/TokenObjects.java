package dev.lockstep.keys.pkcs11;

import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Private keys of a token that have no certificate beside them. The JDK's key store leaves them out, and its provider has no
 * call that finds them; the objects below it do, for a runtime that was started with {@link #OPTIONS}. Reflection, because
 * nothing here must need that option.
 */
final class TokenObjects {

    /** What opens the provider's objects. The manifest of an executable jar can say the same, as {@code Add-Opens}. */
    static final String OPTIONS = "--add-opens jdk.crypto.cryptoki/sun.security.pkcs11=ALL-UNNAMED --add-opens"
            + " jdk.crypto.cryptoki/sun.security.pkcs11.wrapper=ALL-UNNAMED";

    // PKCS#11 2.40, pkcs11t.h
    private static final long CKA_CLASS = 0;
    private static final long CKA_TOKEN = 1;
    private static final long CKA_KEY_TYPE = 0x100;
    private static final long CKA_MODULUS = 0x120;
    private static final long CKA_EC_PARAMS = 0x180;
    private static final long CKO_PRIVATE_KEY = 3;
    private static final long CKK_RSA = 0;
    private static final long CKK_EC = 3;

    /** Of so many keys on one curve each is tried with a signature; a token seldom has ten. */
    private static final long MOST = 64;

    private final Provider provider;
    private final Object token;
    private final Object functions;
    private final ClassLoader loader;

    private TokenObjects(Provider provider) throws ReflectiveOperationException {
        this.provider = provider;
        this.loader = provider.getClass().getClassLoader();
        this.token = call(provider, "getToken");
        var field = token.getClass().getDeclaredField("p11");
        field.setAccessible(true);
        this.functions = field.get(token);
    }

    /**
     * The private key of a public one; null when there is none, or the runtime keeps its objects to itself.
     *
     * @param provider logged in
     */
    static @Nullable PrivateKey find(Provider provider, PublicKey key) {
        try {
            return new TokenObjects(provider).find(key);
        } catch (Exception
                | LinkageError e) { // a boundary: another JDK may have other objects, and tokens fail in many ways
            return null;
        }
    }

    /** Whether the runtime lets such keys be found. */
    static boolean isPossible(Provider provider) {
        try {
            return new TokenObjects(provider).functions != null;
        } catch (Exception | LinkageError e) { // a boundary, as above
            return false;
        }
    }

    private @Nullable PrivateKey find(PublicKey key) throws Exception {
        if (key instanceof RSAPublicKey rsa) {
            List<Object> template = template(CKK_RSA);
            template.add(attribute(CKA_MODULUS, BigInteger.class, rsa.getModulus()));
            List<PrivateKey> found = keys(template, "RSA", rsa.getModulus().bitLength());
            return found.isEmpty() ? null : found.get(0);
        }
        if (key instanceof ECPublicKey ec) {
            AlgorithmParameters curve = AlgorithmParameters.getInstance("EC");
            curve.init(ec.getParams());
            List<Object> template = template(CKK_EC);
            template.add(attribute(CKA_EC_PARAMS, Object.class, curve.getEncoded()));
            // A private key does not tell its point.
            for (PrivateKey candidate :
                    keys(template, "EC", ec.getParams().getOrder().bitLength())) {
                if (fits(candidate, key)) {
                    return candidate;
                }
            }
        }
        return null;
    }

    private boolean fits(PrivateKey candidate, PublicKey key) {
        byte[] digest = new byte[32];
        try {
            Signature signing = Signature.getInstance("NONEwithECDSA", provider);
            signing.initSign(candidate);
            signing.update(digest);
            Signature verifying = Signature.getInstance("NONEwithECDSA");
            verifying.initVerify(key);
            verifying.update(digest);
            return verifying.verify(signing.sign());
        } catch (Exception e) { // a boundary: what does not sign is not the wanted key
            return false;
        }
    }

    private List<Object> template(long keyType) throws ReflectiveOperationException {
        List<Object> template = new ArrayList<>();
        template.add(attribute(CKA_CLASS, long.class, CKO_PRIVATE_KEY));
        template.add(attribute(CKA_TOKEN, boolean.class, true));
        template.add(attribute(CKA_KEY_TYPE, long.class, keyType));
        return template;
    }

    private Object attribute(long type, Class<?> valueType, Object value) throws ReflectiveOperationException {
        Constructor<?> constructor = attributes().getConstructor(long.class, valueType);
        open(constructor);
        return constructor.newInstance(type, value);
    }

    private Class<?> attributes() throws ClassNotFoundException {
        return Class.forName("sun.security.pkcs11.wrapper.CK_ATTRIBUTE", true, loader);
    }

    private List<PrivateKey> keys(List<Object> template, String algorithm, int bits)
            throws ReflectiveOperationException {
        Object[] array = template.toArray((Object[]) java.lang.reflect.Array.newInstance(attributes(), 0));
        Object session = call(token, "getOpSession");
        try {
            long id = (long) call(session, "id");
            invoke(functions, "C_FindObjectsInit", new Class<?>[] {long.class, array.getClass()}, id, array);
            long[] handles;
            try {
                handles =
                        (long[]) invoke(functions, "C_FindObjects", new Class<?>[] {long.class, long.class}, id, MOST);
            } finally {
                invoke(functions, "C_FindObjectsFinal", new Class<?>[] {long.class}, id);
            }
            List<PrivateKey> keys = new ArrayList<>();
            Method make = Class.forName("sun.security.pkcs11.P11Key", true, loader)
                    .getDeclaredMethod(
                            "privateKey", session.getClass(), long.class, String.class, int.class, array.getClass());
            open(make);
            for (long handle : handles) {
                keys.add((PrivateKey) make.invoke(null, session, handle, algorithm, bits, null));
            }
            return keys;
        } finally {
            invoke(token, "releaseSession", new Class<?>[] {session.getClass()}, session);
        }
    }

    private static Object call(Object on, String name) throws ReflectiveOperationException {
        return invoke(on, name, new Class<?>[0]);
    }

    private static Object invoke(Object on, String name, Class<?>[] types, Object... arguments)
            throws ReflectiveOperationException {
        Method method = declared(on.getClass(), name, types);
        open(method);
        return method.invoke(on, arguments);
    }

    /** Also of a superclass: the library's functions have a synchronized form. */
    private static Method declared(Class<?> type, String name, Class<?>[] types) throws NoSuchMethodException {
        for (Class<?> each = type; each != null; each = each.getSuperclass()) {
            try {
                return each.getDeclaredMethod(name, types);
            } catch (NoSuchMethodException e) {
                // Perhaps it is inherited.
            }
        }
        throw new NoSuchMethodException(name);
    }

    private static void open(AccessibleObject member) {
        member.setAccessible(true);
    }
}
