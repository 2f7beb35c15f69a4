using System.ComponentModel.DataAnnotations;
using Lucid.ServiceDefaults.Tests.Support;
using Microsoft.Extensions.Configuration;

namespace Lucid.ServiceDefaults.Tests;

public class OptionsTests
{
    private enum Custody { Platform, OwnerOnly }

    private sealed record Sample : IValidatableObject
    {
        [Range(1, 60)]
        public int BlockTimeSeconds { get; init; } = 10;

        [EnvironmentName("TRON_API_URL")]
        public Uri? Api { get; init; }

        public Custody CustodyMode { get; init; }

        public string[] AllowedOrigins { get; init; } = [];

        [Secret, MinLength(8)]
        public string SamplePassword { get; init; } = "default-secret";

        public bool Strict { get; init; }

        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
            Strict && AllowedOrigins.Length == 0 ? [new ValidationResult("STRICT=true needs ALLOWED_ORIGINS.")] : [];
    }

    private static (Sample Value, List<string> Faults) Read(params (string Name, string Value)[] variables)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(variables.ToDictionary(v => v.Name, v => (string?)v.Value)).Build();
        var faults = new List<string>();
        return (EnvironmentReader.Read<Sample>(configuration, faults.Add), faults);
    }

    [Fact]
    public void Values_come_from_environment_names()
    {
        var (value, faults) = Read(
            ("BLOCK_TIME_SECONDS", "5"), ("TRON_API_URL", "https://api.example"), ("CUSTODY_MODE", "owner_only"), ("ALLOWED_ORIGINS", "a, b"), ("STRICT", "true"));
        Assert.Empty(faults);
        Assert.Equal((5, Custody.OwnerOnly, true), (value.BlockTimeSeconds, value.CustodyMode, value.Strict));
        Assert.Equal(new Uri("https://api.example"), value.Api);
        Assert.Equal(["a", "b"], value.AllowedOrigins);
    }

    [Fact]
    public void Every_fault_names_its_variable_and_what_is_accepted_but_no_secret()
    {
        var (_, faults) = Read(("BLOCK_TIME_SECONDS", "61"), ("TRON_API_URL", "nowhere"), ("CUSTODY_MODE", "7"), ("SAMPLE_PASSWORD", "hunter2"), ("STRICT", "true"));
        Assert.Equal(5, faults.Count);
        Assert.Contains(faults, f => f.StartsWith("BLOCK_TIME_SECONDS:", StringComparison.Ordinal) && f.Contains("between 1 and 60", StringComparison.Ordinal));
        Assert.Contains(faults, f => f.Contains("TRON_API_URL", StringComparison.Ordinal) && f.Contains("absolute URI", StringComparison.Ordinal));
        Assert.Contains(faults, f => f.Contains("platform, owner_only", StringComparison.Ordinal));
        Assert.Contains(faults, f => f.StartsWith("SAMPLE_PASSWORD:", StringComparison.Ordinal));
        Assert.DoesNotContain(faults, f => f.Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact]
    public void A_secret_may_stand_in_a_file_and_the_environment_wins()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "from-the-file\n");
            Assert.Equal("from-the-file", Read(("SAMPLE_PASSWORD_FILE", file)).Value.SamplePassword);
            Assert.Equal("from-the-env", Read(("SAMPLE_PASSWORD_FILE", file), ("SAMPLE_PASSWORD", "from-the-env")).Value.SamplePassword);
        }
        finally
        {
            File.Delete(file);
        }

        Assert.Contains(Read(("SAMPLE_PASSWORD_FILE", file)).Faults, f => f.StartsWith("SAMPLE_PASSWORD_FILE:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_start_with_faults_is_refused_with_all_of_them_and_exit_code_78()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        string[] arguments = [.. TestService.Arguments(sidecar), "--NOTE_MAX_LENGTH=0", "--NOTE_SECRET=short", "--DEBUG=true", "--ENVIRONMENT=production"];
        await using var app = Example.ExampleService.Build(arguments);
        var fault = await Assert.ThrowsAsync<LucidConfigurationException>(() => app.StartAsync());
        Assert.Equal(["DEBUG", "NOTE_MAX_LENGTH", "NOTE_SECRET"], fault.Faults.Select(f => f.Split(':')[0]).Order());
        Assert.DoesNotContain("short", fault.Message, StringComparison.Ordinal);

        await using var again = Example.ExampleService.Build(arguments);
        Assert.Equal(LucidApplication.ConfigurationExitCode, await again.RunLucidAsync([]));
    }
}
