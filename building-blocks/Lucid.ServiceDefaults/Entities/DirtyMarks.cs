using System.Security.Cryptography;
using System.Text;

namespace Lucid.ServiceDefaults.Entities;

/// <summary>The app's 64 entries of keys that may hold unpublished events. A key is marked before its document is saved.</summary>
internal sealed class DirtyMarks
{
    public const int SlotCount = 64;

    private readonly IStateClient _state;
    private readonly TimeProvider _clock;
    private readonly Coalescer<string>[] _writers;

    public DirtyMarks(IStateClient state, TimeProvider clock)
    {
        (_state, _clock) = (state, clock);
        _writers = [.. Enumerable.Range(0, SlotCount).Select(slot => new Coalescer<string>((keys, token) => WriteAsync(slot, keys, token)))];
    }

    public static string SlotKey(int slot) => $"dirty:{slot:D2}";

    public static int SlotOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key))[0] & (SlotCount - 1);

    /// <summary>Always writes, even a key that is there: the new ETag keeps a sweep that has read the entry from clearing it.</summary>
    public Task AddAsync(string key, CancellationToken cancellationToken) => _writers[SlotOf(key)].AddAsync(key, cancellationToken);

    private Task<bool> WriteAsync(int slot, IReadOnlyList<string> keys, CancellationToken cancellationToken) =>
        _state.UpdateAsync<DirtySlot, bool>(
            SlotKey(slot),
            current =>
            {
                var marks = current is null ? [] : new Dictionary<string, long>(current.Marks);
                foreach (var key in keys)
                {
                    marks[key] = _clock.GetUtcNow().ToUnixTimeSeconds();
                }

                return (new DirtySlot(marks), true);
            },
            _clock,
            cancellationToken);
}

/// <param name="Marks">Key → when it was last marked, Unix seconds.</param>
internal sealed record DirtySlot(IReadOnlyDictionary<string, long> Marks);
