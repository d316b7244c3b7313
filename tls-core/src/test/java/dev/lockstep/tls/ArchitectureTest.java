package dev.lockstep.tls;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may import whom, and what the protocol may not touch at all. */
@Tag("one-jdk")
class ArchitectureTest {
    private static final String ROOT = "dev.lockstep.tls";
    private static final String INTERNAL = ROOT + ".internal..";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    @Test
    void theRulesSeeTheClassesOfThisModule() {
        assertThat(CLASSES.stream().map(JavaClass::getPackageName))
                .contains(ROOT, ROOT + ".config", ROOT + ".key", ROOT + ".spec");
    }

    /**
     * FatalAlert stands in wire, so that a parser names the alert where it finds the fault: hence wire -> spec.
     * The numbers of spec meet the primitives of crypto in one package, internal.algorithm.
     */
    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(
            nullValues = "nothing",
            value = {
                "spec,               nothing",
                "wait,               spec",
                "internal.wire,      spec",
                "internal.algorithm, spec crypto",
                "internal.extension, internal.wire spec",
                "internal.message,   internal.extension internal.wire spec",
                "internal.secrets,   internal.algorithm crypto spec",
                "internal.record,    internal.wire internal.algorithm spec crypto",
                "internal.handshake.phase,  internal.message internal.extension internal.wire internal.secrets internal.algorithm credential key provider psk session config wait spec crypto",
                "internal.handshake.choice, internal.handshake.phase internal.message internal.extension internal.wire credential psk session config wait spec crypto",
                "internal.handshake.flight, internal.handshake.choice internal.handshake.phase internal.message internal.extension internal.wire internal.secrets internal.algorithm credential key provider psk session peer config wait spec crypto",
                "internal.handshake, internal.handshake.flight internal.handshake.phase internal.wire credential session peer config wait spec crypto",
                "setting,            nothing",
                "provider,           setting crypto",
                "key,                wait internal.algorithm spec crypto",
                "credential,         setting key wait internal.algorithm spec crypto",
                "psk,                wait",
                "session,            setting wait internal.wire spec crypto",
                "peer,               setting wait spec",
                "config,             setting credential key provider psk session peer wait spec crypto",
            })
    void aPackageImportsOnlyThoseBelowIt(String importer, String allowed) {
        Stream<String> below = Stream.ofNullable(allowed)
                .flatMap(names -> Stream.of(names.split(" ")))
                .map(name -> name.equals("crypto") ? "dev.lockstep.crypto.." : ROOT + "." + name);
        String[] packages = Stream.concat(
                        Stream.of(
                                ROOT + "." + importer,
                                "java..",
                                "javax.security.auth.x500",
                                "org.jspecify.annotations"),
                        below)
                .toArray(String[]::new);
        classes()
                .that()
                .resideInAPackage(ROOT + "." + importer)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(packages).or(PRIMITIVES))
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void packagesFormNoCycle() {
        slices().assignedFrom(PACKAGES).should().beFreeOfCycles().check(CLASSES);
    }

    /** The table leads to flights, flights to choices and phases, and nothing leads back. */
    @Test
    void classesOfTheHandshakeFormNoCycle() {
        slices().assignedFrom(HANDSHAKE_CLASSES).should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void onlyTheCryptoModuleNamesACryptographicProvider() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.bouncycastle..", "javax.crypto..", "javax.net..", "sun..", "com.sun..")
                .check(CLASSES);
    }

    @Test
    void nothingReflects() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.lang.reflect")
                .orShould()
                .callMethodWhere(targets(Class.class, "forName", "getDeclaredConstructor", "getMethod"))
                .check(CLASSES);
    }

    @Test
    void internalTouchesNoSocketFileOrThread() {
        internal()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net..", "java.nio.channels..", "java.nio.file..")
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage("java.util.concurrent", "java.util.concurrent.locks")
                .orShould()
                .dependOnClassesThat()
                .haveNameMatching("java\\.io\\.File.*|java\\.util\\.Timer.*|java\\.lang\\.Thread(\\$.*|Group)?")
                .check(CLASSES);
    }

    @Test
    void internalTakesTimeAndRandomnessAsParameters() {
        internal()
                .should()
                .callMethodWhere(targets(System.class, "nanoTime", "currentTimeMillis", "getProperty", "getenv"))
                .orShould()
                .callMethodWhere(targets(Instant.class, "now"))
                .orShould()
                .callMethodWhere(targets(Clock.class, "systemUTC", "systemDefaultZone", "system"))
                .orShould()
                .callConstructorWhere(targets(SecureRandom.class, "<init>"))
                .orShould()
                .callMethodWhere(targets(SecureRandom.class, "getInstance", "getInstanceStrong", "getSeed"))
                .orShould()
                .dependOnClassesThat()
                .haveNameMatching("java\\.util\\.(Random|SplittableRandom)")
                .check(CLASSES);
    }

    @Test
    void internalLogsNothing() {
        internal()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.util.logging..", "org.slf4j..", "jdk.jfr..")
                .orShould()
                .dependOnClassesThat()
                .haveNameMatching("java\\.lang\\.System\\$Logger.*")
                .orShould()
                .accessFieldWhere(targets(System.class, "out", "err"))
                .check(CLASSES);
    }

    private static GivenClassesConjunction internal() {
        return noClasses().that().resideInAPackage(INTERNAL);
    }

    private static DescribedPredicate<JavaAccess<?>> targets(Class<?> owner, String... members) {
        Set<String> names = Set.of(members);
        return describe(
                owner.getSimpleName() + "." + names,
                access -> access.getTargetOwner().isEquivalentTo(owner)
                        && names.contains(access.getTarget().getName()));
    }

    private static final DescribedPredicate<JavaClass> PRIMITIVES = describe(
            "primitives and arrays of them", type -> type.getBaseComponentType().isPrimitive());

    /** A class with its nested ones. */
    private static final SliceAssignment HANDSHAKE_CLASSES = new SliceAssignment() {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            return type.getPackageName().startsWith(ROOT + ".internal.handshake")
                    ? SliceIdentifier.of(type.getName().replaceFirst("\\$.*", ""))
                    : SliceIdentifier.ignore();
        }

        @Override
        public String getDescription() {
            return "every class of the handshake";
        }
    };

    private static final SliceAssignment PACKAGES = new SliceAssignment() {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            return SliceIdentifier.of(type.getPackageName());
        }

        @Override
        public String getDescription() {
            return "every package";
        }
    };
}
