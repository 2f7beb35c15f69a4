using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace Lucid.ServiceDefaults;

/// <summary>Fills an options record from configuration keys that are environment variable names and checks its data annotations.</summary>
internal static class EnvironmentReader
{
    public static T Read<T>(IConfiguration configuration, Action<string> fault) where T : class, new()
    {
        var options = new T();
        foreach (var property in typeof(T).GetProperties().Where(p => p.CanWrite))
        {
            ReadProperty(options, property, configuration, fault);
        }

        if (options is IValidatableObject whole)
        {
            foreach (var result in whole.Validate(new ValidationContext(options)))
            {
                fault(result.ErrorMessage ?? "invalid combination of options");
            }
        }

        return options;
    }

    public static string NameOf(PropertyInfo property) =>
        property.GetCustomAttribute<EnvironmentNameAttribute>()?.Name ?? JsonNamingPolicy.SnakeCaseUpper.ConvertName(property.Name);

    private static void ReadProperty(object options, PropertyInfo property, IConfiguration configuration, Action<string> fault)
    {
        var name = NameOf(property);
        var secret = property.IsDefined(typeof(SecretAttribute));
        var text = ReadText(configuration, name, secret, fault);
        if (text is not null)
        {
            if (!TryConvert(text, property.PropertyType, out var value))
            {
                fault($"{name}: {(secret ? "the value" : $"'{text}'")} is not {Describe(property.PropertyType)}{Default(options, property, secret)}.");
                return;
            }

            property.SetValue(options, value);
        }

        var results = new List<ValidationResult>();
        var context = new ValidationContext(options) { MemberName = property.Name, DisplayName = name };
        if (!Validator.TryValidateProperty(property.GetValue(options), context, results))
        {
            foreach (var result in results)
            {
                fault($"{name}: {result.ErrorMessage?.TrimEnd('.')}{Accepted(property)}{(secret || text is null ? "" : $"; it is '{text}'")}.");
            }
        }
    }

    private static string? ReadText(IConfiguration configuration, string name, bool secret, Action<string> fault)
    {
        var text = configuration[name];
        if (!string.IsNullOrEmpty(text))
        {
            return text;
        }

        var file = secret ? configuration[name + "_FILE"] : null;
        if (string.IsNullOrEmpty(file))
        {
            return null;
        }

        try
        {
            return File.ReadAllText(file).TrimEnd('\r', '\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            fault($"{name}_FILE: the file '{file}' cannot be read ({e.GetType().Name}).");
            return null;
        }
    }

    private static bool TryConvert(string text, Type type, out object? value)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        var ok = true;
        value = type switch
        {
            _ when type == typeof(string) => text,
            _ when type == typeof(bool) => (ok = bool.TryParse(text, out var b)) ? b : null,
            _ when type == typeof(int) => (ok = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var i)) ? i : null,
            _ when type == typeof(long) => (ok = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var l)) ? l : null,
            _ when type == typeof(double) => (ok = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var d)) ? d : null,
            _ when type == typeof(decimal) => (ok = decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var m)) ? m : null,
            _ when type == typeof(Uri) => (ok = Uri.TryCreate(text, UriKind.Absolute, out var u)) ? u : null,
            _ when type == typeof(string[]) || type == typeof(IReadOnlyList<string>) =>
                text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            { IsEnum: true } => (ok = Enum.TryParse(type, text.Replace("_", "", StringComparison.Ordinal), true, out var e) && Enum.IsDefined(type, e!)) ? e : null,
            _ => throw new NotSupportedException($"options of type {type.Name} are not read from the environment"),
        };
        return ok;
    }

    private static string Describe(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            { IsEnum: true } => "one of " + string.Join(", ", Enum.GetNames(type).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)),
            _ when type == typeof(bool) => "true or false",
            _ when type == typeof(Uri) => "an absolute URI",
            _ when type == typeof(int) || type == typeof(long) => "a whole number",
            _ => "a number",
        };
    }

    private static string Accepted(PropertyInfo property) => property.GetCustomAttribute<AllowedValuesAttribute>() is { } allowed
        ? $": accepted are {string.Join(", ", allowed.Values)}"
        : "";

    private static string Default(object options, PropertyInfo property, bool secret) =>
        secret || property.GetValue(options) is not { } value ? "" : $" (default {Convert.ToString(value, CultureInfo.InvariantCulture)})";
}
