using System.Security.Cryptography;
using System.Text;
using Lucid.Contracts.Sessions;
using Lucid.Evidence;
using Lucid.Journal;
using Lucid.SessionPipeline.Domain;
using Lucid.SessionPipeline.Storage;
using Lucid.SessionPipeline.Tests.Support;
using Lucid.Simulation;

namespace Lucid.SessionPipeline.Tests;

/// <summary>With custody <c>owner</c> nothing the platform holds, backups included, opens a finished recording.</summary>
public sealed class CustodyTests
{
    private static readonly string KeyFile = $"{PipelineRig.KeyFolder}/{PipelineRig.Session}";
    private readonly World world = new();
    private readonly PipelineRig rig;

    public CustodyTests() => rig = new PipelineRig(world);

    [Fact]
    public async Task A_backup_of_the_state_from_the_time_of_recording_opens_nothing_once_the_session_is_completed()
    {
        await rig.RecordAsync();
        var dataKey = (await rig.KeyAsync()).Key!;
        var version = world.Volume.ReadAll(KeyFile)[..KeyVersions.Length];
        await rig.DriveAsync();

        // Backup, platform key and the version of that time together do open it: this is the copy that an attacker would want.
        Assert.Equal(dataKey, (await RestoreAsync(version)).Key);
        var restored = await RestoreAsync(volume: null);
        Assert.Equal((null, KeyAbsence.VersionLost), (restored.Key, restored.Absence));
        foreach (var guess in Guesses())
        {
            Assert.False(Opens(guess), "The backup opens with something that the platform still has.");
        }

        Assert.True(Opens(version));
        Assert.Equal(-1, Encoding.UTF8.GetBytes(world.State.Dump()).AsSpan().IndexOf(version));
        Assert.DoesNotContain(Convert.ToBase64String(version), world.State.Dump(), StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(dataKey), world.State.Dump(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_key_is_destroyed_before_anybody_hears_that_the_session_is_completed()
    {
        await rig.RecordAsync();
        var keysAtCompletion = new List<int>();
        world.BeforeSave = (_, value) =>
        {
            if (value.Contains("\"session.completed\"", StringComparison.Ordinal))
            {
                keysAtCompletion.Add(world.Volume.ListFiles(PipelineRig.KeyFolder).Count);
            }
        };
        await rig.DriveAsync();
        Assert.NotEmpty(keysAtCompletion);
        Assert.All(keysAtCompletion, count => Assert.Equal(0, count));
        Assert.DoesNotContain("working-key", world.State.Dump(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_is_overwritten_on_the_device_before_its_name_goes()
    {
        await rig.StartAsync();
        var version = world.Volume.ReadAll(KeyFile);
        var before = world.Volume.Operations;
        world.Volume.CrashAtOperation = before + 3; // write, flush, delete
        await Assert.ThrowsAsync<SimulatedCrashException>(() => rig.WorkingKeys.DestroyAsync(PipelineRig.Session, default));
        world.Volume.LosePower();
        Assert.Equal(new byte[version.Length], world.Volume.ReadAll(KeyFile));
        Assert.Equal(KeyAbsence.VersionLost, (await rig.KeyAsync()).Absence);

        await rig.WorkingKeys.DestroyAsync(PipelineRig.Session, default);
        world.Volume.LosePower();
        Assert.Empty(world.Volume.ListFiles(PipelineRig.KeyFolder));
        Assert.Equal(KeyAbsence.Destroyed, (await rig.KeyAsync()).Absence);
    }

    [Fact]
    public async Task A_lost_key_volume_fails_the_session_with_what_to_do_and_leaves_the_chunk_in_the_spool()
    {
        await rig.StartAsync();
        world.BytesSpooled = 1;
        await rig.Actor.SealAsync(new(0, PipelineRig.Chunk(0)));
        world.Volume = new SimulatedFileSystem(2);
        var other = new PipelineRig(world); // on another machine, or with the wrong volume
        var refusal = (await other.Actor.DataKeyAsync(0)).Refusal!;
        Assert.Equal((410, "key_version_lost"), (refusal.Status, refusal.Reason));
        Assert.Contains("SESSION_KEY_PATH", refusal.Message, StringComparison.Ordinal);
        await other.CommandAsync("stop");
        await other.DriveAsync(1);
        var view = await other.ViewAsync();
        Assert.Equal((SessionStates.Failed, "key", "key_version_lost"), (view.State, view.Failure!.Stage, view.Failure.Code));
        Assert.True(world.RecorderHasIt);
    }

    [Fact]
    public async Task A_volume_lost_after_the_last_chunk_fails_the_session_instead_of_completing_it_without_a_key_for_anybody()
    {
        await rig.RecordAsync();
        world.Volume = new SimulatedFileSystem(2);
        var other = new PipelineRig(world);
        await other.DriveAsync();
        Assert.Equal((SessionStates.Failed, "key_version_lost"), ((await other.ViewAsync()).State, (await other.ViewAsync()).Failure!.Code));
        Assert.Null(world.Envelopes);
    }

    [Fact]
    public async Task A_start_that_lost_its_volume_before_anything_was_sealed_makes_a_new_key()
    {
        await rig.Actor.CreateAsync(PipelineRig.Creation());
        world.RecorderIsDown = true;
        Assert.NotNull((await rig.CommandAsync("start")).Refusal);
        (world.RecorderIsDown, world.Volume) = (false, new SimulatedFileSystem(2));
        var other = new PipelineRig(world);
        Assert.Null((await other.CommandAsync("start")).Refusal);
        Assert.NotNull((await other.KeyAsync()).Key);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_to_stops_the_start_with_the_name_of_its_variable()
    {
        var full = new SimulatedFileSystem(1) { Capacity = 0 };
        var versions = new KeyVersions(new PipelineOptions { SessionKeyPath = PipelineRig.KeyFolder }, full);
        Assert.Contains("SESSION_KEY_PATH", (await Assert.ThrowsAsync<IOException>(versions.CheckAsync)).Message, StringComparison.Ordinal);
        full.Capacity = null;
        await versions.CheckAsync();
        Assert.Empty(full.ListFiles(PipelineRig.KeyFolder));
    }

    /// <summary>The backup in a new store, with the volume as it is now, or with one that holds <paramref name="volume"/>.</summary>
    private async Task<OpenedKey> RestoreAsync(byte[]? volume)
    {
        var restored = new World { Volume = volume is null ? world.Volume : new SimulatedFileSystem(3) };
        foreach (var (key, value) in world.Backup)
        {
            await restored.State.SaveAsync(key, value, null, null, default);
        }

        var process = new PipelineRig(restored);
        if (volume is not null)
        {
            await SecretFiles.CreateAsync(restored.Volume, KeyFile, volume);
        }

        return await process.KeyAsync();
    }

    /// <summary>Every 32 bytes in a row of whatever the platform has after completion, its keys included.</summary>
    private IEnumerable<byte[]> Guesses()
    {
        byte[][] holdings =
        [
            Encoding.UTF8.GetBytes(world.State.Dump()), .. world.Backup.Values, world.Envelopes!, .. world.Manifests, world.Receipt!, rig.Keys.PlatformKey.ToArray(), new byte[32],
        ];
        return holdings.SelectMany(held => Enumerable.Range(0, Math.Max(0, held.Length - KeyVersions.Length + 1)).Select(at => held[at..(at + KeyVersions.Length)]));
    }

    private bool Opens(byte[] version)
    {
        var row = world.Backup.Single(saved => saved.Key.Contains("working-key", StringComparison.Ordinal) && saved.Key.EndsWith(PipelineRig.Session, StringComparison.Ordinal)).Value;
        var wrapped = System.Text.Json.JsonDocument.Parse(row).RootElement.GetProperty("data").GetProperty("wrapped").GetBytesFromBase64();
        var keyId = Manifest.Parse(world.Manifests[0]).Crypto.DekId;
        foreach (var wrapping in (byte[][])[WorkingKey.DeriveWrappingKey(rig.Keys.PlatformKey, version), version])
        {
            try
            {
                new WorkingKey(wrapped).Unwrap(wrapping, World.SessionId, keyId);
                return true;
            }
            catch (CryptographicException)
            {
                continue; // not this one
            }
        }

        return false;
    }
}
