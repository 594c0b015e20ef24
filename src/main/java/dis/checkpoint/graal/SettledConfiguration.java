package dis.checkpoint.graal;

import io.quarkus.runtime.ValueRegistryConfigSource;
import io.quarkus.runtime.configuration.AbstractConfigBuilder;
import io.quarkus.runtime.logging.LogRuntimeConfig;
import io.quarkus.value.registry.ValueRegistry;
import io.smallrye.config.ConfigMappings;
import io.smallrye.config.ConfigMappings.ConfigClass;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.PropertyNamesMatcher;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.SmallRyeConfigBuilderCustomizer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The configuration of the extensions, as far as {@code application.properties} and defaults settle it when the executable is
 * built. It is part of the executable. A start reads only the groups of properties that its environment may change.
 */
final class SettledConfiguration {

    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([^:}]+)");

    /** The prefix of some groups, and the beginning of all other prefixes. */
    private static final String ROOT_PREFIX = "quarkus";

    /** The beginning of the variables of extensions. */
    private static final String EXTENSION_VARIABLE = "QUARKUS_";

    /** {@code CheckpointConfig} reads it, so that its group is not read for it. */
    private static final String TABLE_ENDPOINT = "QUARKUS_DYNAMODB_ENDPOINT_OVERRIDE";

    /** Made when the executable is built. */
    private static final Map<ConfigClass, Group> SETTLED = settle();

    /** The beginnings of all variables that change a group. They are few, so that a start compares quickly. */
    private static final Set<String> BEGINNINGS = SETTLED.values().stream()
            .flatMap(group -> group.variables().stream())
            .map(variable -> variable.startsWith(EXTENSION_VARIABLE) ? EXTENSION_VARIABLE : variable)
            .collect(Collectors.toUnmodifiableSet());

    /**
     * Properties with one prefix.
     *
     * @param values the instance of the mapping
     * @param variables the beginnings of the variables that would change a value
     */
    private record Group(Object values, Set<String> variables) {

        boolean isUntouchedBy(List<String> environment) {
            return environment.stream().noneMatch(variable -> beginsWithOneOf(variables, variable));
        }
    }

    private SettledConfiguration() {}

    /**
     * The configuration of a start.
     *
     * @throws ConfigValidationException if a value is missing or of the wrong type
     */
    static SmallRyeConfig with(ValueRegistry values) {
        List<String> environment = Stream.concat(
                        System.getenv().keySet().stream(), System.getProperties().stringPropertyNames().stream())
                .map(SettledConfiguration::asVariable)
                .filter(variable -> beginsWithOneOf(BEGINNINGS, variable))
                .filter(variable -> !TABLE_ENDPOINT.equals(variable))
                .toList();
        return configuration(ValueRegistryConfigSource.customizer(values), builder -> {
            // The files of the class path have been read at build time.
            builder.setAddDefaultSources(false).addSystemSources();
            Set<ConfigClass> toBeRead = builder.getMappingsBuilder().getMappings();
            SETTLED.forEach((mapping, group) -> {
                if (group.isUntouchedBy(environment)) {
                    toBeRead.remove(mapping);
                    builder.getMappingsBuilder().getMappingsInstances().put(mapping, group.values());
                }
            });
            // The default values of the other groups are not needed.
            List<String> prefixes =
                    toBeRead.stream().map(mapping -> mapping.getPrefix() + '.').toList();
            builder.getDefaultValues().keySet().removeIf(property -> !beginsWithOneOf(prefixes, property));
        });
    }

    /** A loop, because a stream for each of some 500 properties would take most of the time here. */
    private static boolean beginsWithOneOf(Collection<String> beginnings, String name) {
        for (String beginning : beginnings) {
            if (name.startsWith(beginning)) {
                return true;
            }
        }
        return false;
    }

    private static String asVariable(String property) {
        return property.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /** Without the environment of the machine that builds the executable. */
    private static Map<ConfigClass, Group> settle() {
        List<ConfigClass> mappings = new ArrayList<>();
        SmallRyeConfig config = configuration(builder -> {}, builder -> {
            builder.setAddDefaultSources(false);
            mappings.addAll(builder.getMappingsBuilder().getMappings());
            builder.getMappingsBuilder().getMappings().clear();
        });
        Map<ConfigClass, Group> settled = new HashMap<>();
        for (ConfigClass mapping : mappings) {
            try {
                ConfigMappings.registerConfigMappings(config, Set.of(mapping));
                settled.put(
                        mapping,
                        new Group(
                                config.getConfigMapping(mapping.getType(), mapping.getPrefix()),
                                variables(mapping, config)));
            } catch (ConfigValidationException e) {
                // Only the environment of a start has a value that the group needs.
            }
        }
        // A start need not change the level of all loggers then.
        Logger.getLogger("")
                .setLevel(config.getConfigMapping(LogRuntimeConfig.class).level());
        return settled;
    }

    private static Set<String> variables(ConfigClass mapping, SmallRyeConfig config) {
        Set<String> variables = new HashSet<>();
        if (mapping.getPrefix().equals(ROOT_PREFIX)) {
            mapping.getProperties().keySet().forEach(property -> variables.add(asVariable(property)));
        } else {
            variables.add(asVariable(mapping.getPrefix() + '.'));
        }
        PropertyNamesMatcher properties = ConfigMappings.propertyNamesMatcher(List.of(mapping));
        StreamSupport.stream(config.getPropertyNames().spliterator(), false)
                .filter(properties::matches)
                .forEach(property -> addReferences(property, config, variables));
        return variables;
    }

    /** Adds the properties to which the value refers, directly or through the values of other properties. */
    private static void addReferences(String property, SmallRyeConfig config, Set<String> variables) {
        String value = config.getConfigValue(property).getRawValue();
        if (value != null) {
            REFERENCE
                    .matcher(value)
                    .results()
                    .map(reference -> reference.group(1))
                    .forEach(name -> {
                        if (variables.add(asVariable(name))) {
                            addReferences(name, config, variables);
                        }
                    });
        }
    }

    /** Builds the configuration as Quarkus does, between a first and a last customizer. */
    private static SmallRyeConfig configuration(
            SmallRyeConfigBuilderCustomizer first, Consumer<SmallRyeConfigBuilder> last) {
        SmallRyeConfigBuilder builder = new SmallRyeConfigBuilder();
        AbstractConfigBuilder.withCustomizer(builder, first);
        AbstractConfigBuilder.withCustomizer(builder, "io.quarkus.runtime.generated.RunTimeConfig");
        AbstractConfigBuilder.withCustomizer(builder, new SmallRyeConfigBuilderCustomizer() {

            @Override
            public void configBuilder(SmallRyeConfigBuilder complete) {
                last.accept(complete);
                // Variables of the environment may look like properties.
                complete.withValidateUnknown(false);
            }

            @Override
            public int priority() {
                return Integer.MAX_VALUE;
            }
        });
        return builder.build();
    }
}
