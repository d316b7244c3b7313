package dev.lockstep.keys.pkcs11;

import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
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
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
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
    private static final long CKA_LABEL = 3;
    private static final long CKA_KEY_TYPE = 0x100;
    private static final long CKA_ID = 0x102;
    private static final long CKA_MODULUS = 0x120;
    private static final long CKA_EC_PARAMS = 0x180;
    private static final long CKO_CERTIFICATE = 1;
    private static final long CKO_PRIVATE_KEY = 3;
    private static final long CKK_RSA = 0;
    private static final long CKK_EC = 3;

    /** Of so many keys on one curve each is tried with a signature; a token seldom has ten. */
    private static final long MOST = 64;

    private static final long MOST_CERTIFICATES = 1024;

    /**
     * A private key.
     *
     * @param handle the library's name of it, for as long as the login lasts
     */
    record Found(PrivateKey key, long handle) {}

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
     * Returns the private key of a public one; null when there is none, or the runtime keeps its objects to itself.
     *
     * @param provider logged in
     */
    static @Nullable Found find(Provider provider, PublicKey key) {
        try {
            return new TokenObjects(provider).find(key);
        } catch (Exception
                | LinkageError e) { // a boundary: another JDK may have other objects, and tokens fail in many ways
            return null;
        }
    }

    /** Returns whether the runtime lets such keys be found. */
    static boolean isPossible(Provider provider) {
        try {
            return new TokenObjects(provider).functions != null;
        } catch (Exception | LinkageError e) { // a boundary, as above
            return false;
        }
    }

    /**
     * Describes the private keys with which no certificate shares its CKA_ID, by label and id; at most 64.
     *
     * @param provider logged in
     * @param known handles that are left out
     * @return empty also when the runtime keeps the provider's objects to itself
     */
    static List<String> withoutCertificate(Provider provider, Set<Long> known) {
        try {
            return new TokenObjects(provider).withoutCertificate(known);
        } catch (Exception | LinkageError e) { // a boundary, as above
            return List.of();
        }
    }

    private List<String> withoutCertificate(Set<Long> known) throws ReflectiveOperationException {
        Object session = call(token, "getOpSession");
        try {
            long id = (long) call(session, "id");
            Set<String> certified = new HashSet<>();
            for (long handle : handles(id, template(CKO_CERTIFICATE), MOST_CERTIFICATES)) {
                certified.add(text(id, handle, CKA_ID));
            }
            List<String> others = new ArrayList<>();
            for (long handle : handles(id, template(CKO_PRIVATE_KEY), MOST)) {
                String keyId = text(id, handle, CKA_ID);
                if (!known.contains(handle) && (keyId.isEmpty() || !certified.contains(keyId))) {
                    others.add("'" + text(id, handle, CKA_LABEL) + "' (id " + (keyId.isEmpty() ? "none" : keyId) + ")");
                }
            }
            return others;
        } finally {
            invoke(token, "releaseSession", new Class<?>[] {session.getClass()}, session);
        }
    }

    /** An attribute as text: bytes in hexadecimal, characters without those that cannot be printed. */
    private String text(long session, long object, long type) throws ReflectiveOperationException {
        Class<?> attributes = attributes();
        Object array = java.lang.reflect.Array.newInstance(attributes, 1);
        Constructor<?> constructor = attributes.getConstructor(long.class);
        open(constructor);
        java.lang.reflect.Array.set(array, 0, constructor.newInstance(type));
        try {
            invoke(
                    functions,
                    "C_GetAttributeValue",
                    new Class<?>[] {long.class, long.class, array.getClass()},
                    session,
                    object,
                    array);
        } catch (InvocationTargetException e) {
            return ""; // a token need not have every attribute
        }
        var field = attributes.getField("pValue");
        field.setAccessible(true);
        Object value = field.get(java.lang.reflect.Array.get(array, 0)); // the call puts another one there
        if (value instanceof byte[] bytes) {
            return HexFormat.of().formatHex(bytes);
        }
        return value instanceof char[] characters ? new String(characters).replaceAll("\\p{Cntrl}", "?") : "";
    }

    private @Nullable Found find(PublicKey key) throws Exception {
        if (key instanceof RSAPublicKey rsa) {
            List<Object> template = keyTemplate(CKK_RSA);
            template.add(attribute(CKA_MODULUS, BigInteger.class, rsa.getModulus()));
            List<Found> found = keys(template, "RSA", rsa.getModulus().bitLength());
            return found.isEmpty() ? null : found.get(0);
        }
        if (key instanceof ECPublicKey ec) {
            AlgorithmParameters curve = AlgorithmParameters.getInstance("EC");
            curve.init(ec.getParams());
            List<Object> template = keyTemplate(CKK_EC);
            template.add(attribute(CKA_EC_PARAMS, Object.class, curve.getEncoded()));
            // A private key does not tell its point.
            for (Found candidate :
                    keys(template, "EC", ec.getParams().getOrder().bitLength())) {
                if (fits(candidate.key(), key)) {
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

    private List<Object> keyTemplate(long keyType) throws ReflectiveOperationException {
        List<Object> template = template(CKO_PRIVATE_KEY);
        template.add(attribute(CKA_KEY_TYPE, long.class, keyType));
        return template;
    }

    private List<Object> template(long objectClass) throws ReflectiveOperationException {
        List<Object> template = new ArrayList<>();
        template.add(attribute(CKA_CLASS, long.class, objectClass));
        template.add(attribute(CKA_TOKEN, boolean.class, true));
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

    private long[] handles(long session, List<Object> template, long most) throws ReflectiveOperationException {
        Object[] array = template.toArray((Object[]) java.lang.reflect.Array.newInstance(attributes(), 0));
        invoke(functions, "C_FindObjectsInit", new Class<?>[] {long.class, array.getClass()}, session, array);
        try {
            return (long[]) invoke(functions, "C_FindObjects", new Class<?>[] {long.class, long.class}, session, most);
        } finally {
            invoke(functions, "C_FindObjectsFinal", new Class<?>[] {long.class}, session);
        }
    }

    private List<Found> keys(List<Object> template, String algorithm, int bits) throws ReflectiveOperationException {
        Object session = call(token, "getOpSession");
        try {
            long[] handles = handles((long) call(session, "id"), template, MOST);
            List<Found> keys = new ArrayList<>();
            Method make = Class.forName("sun.security.pkcs11.P11Key", true, loader)
                    .getDeclaredMethod(
                            "privateKey",
                            session.getClass(),
                            long.class,
                            String.class,
                            int.class,
                            attributes().arrayType());
            open(make);
            for (long handle : handles) {
                keys.add(new Found((PrivateKey) make.invoke(null, session, handle, algorithm, bits, null), handle));
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
