package dev.lockstep.tls.internal.handshake;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitCallTarget;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The effects of the rows of the table, and of the questions that they ask. */
final class Effects {

    private static final String HANDSHAKE = Effects.class.getPackageName();

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(HANDSHAKE);

    private final Map<Row, Set<Effect>> ofActions = new HashMap<>();
    private final Map<Row, Set<Effect>> ofQuestions = new HashMap<>();

    /** Reads the sources for the names of the actions, and the classes for what they call. */
    Effects() {
        for (TableText.Line line : TableText.lines()) {
            ofActions.put(line.row(), effects(line.action()));
            ofQuestions.put(line.row(), line.ask().isEmpty() ? Set.of() : effects(line.ask()));
        }
    }

    /** What the action of a row of the real table does. */
    Set<Effect> ofAction(Row row) {
        return ofActions.get(row);
    }

    /** What the question of a row of the real table does when it is asked. */
    Set<Effect> ofQuestion(Row row) {
        return ofQuestions.get(row);
    }

    /** Every effect that any row has. */
    Set<Effect> all() {
        Set<Effect> all = EnumSet.noneOf(Effect.class);
        ofActions.values().forEach(all::addAll);
        ofQuestions.values().forEach(all::addAll);
        return all;
    }

    /** The methods that a method of the handshake calls, itself or through others, named as {@link Effect} names them. */
    static Set<String> calls(String method) {
        Set<String> names = new HashSet<>();
        Set<JavaCodeUnit> seen = new HashSet<>();
        Deque<JavaCodeUnit> open = new ArrayDeque<>(named(method));
        while (!open.isEmpty()) {
            JavaCodeUnit unit = open.poll();
            if (!seen.add(unit)) {
                continue;
            }
            for (JavaCall<?> call : unit.getCallsFromSelf()) {
                CodeUnitCallTarget target = call.getTarget();
                String name = target.getOwner().getSimpleName() + "." + target.getName();
                names.add(name);
                names.add(name
                        + target.getRawParameterTypes().stream()
                                .map(JavaClass::getSimpleName)
                                .collect(Collectors.joining(", ", "(", ")")));
                if (target.getOwner().getPackageName().startsWith(HANDSHAKE)) {
                    target.resolveMember().ifPresent(open::add);
                }
            }
        }
        return names;
    }

    private static Set<Effect> effects(String method) {
        Set<String> calls = calls(method);
        return Arrays.stream(Effect.values())
                .filter(effect -> effect.calls().stream().anyMatch(calls::contains))
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Effect.class)));
    }

    private static List<JavaCodeUnit> named(String method) {
        String[] parts = method.split("::");
        List<JavaCodeUnit> units = CLASSES.stream()
                .filter(type -> type.getSimpleName().equals(parts[0]))
                .flatMap(type -> type.getCodeUnits().stream())
                .filter(unit -> unit.getName().equals(parts[1]))
                .toList();
        if (units.isEmpty()) {
            throw new IllegalStateException("no method " + method);
        }
        return units;
    }
}
