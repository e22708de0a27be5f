"""The job types of the demonstration company."""

from app.transport.vendor_stand_in.state import JsonRow, new_job_type

DEMO_JOB_TYPES: tuple[JsonRow, ...] = (
    new_job_type(5501, "HVAC - AC Repair"),
    new_job_type(5502, "HVAC - AC Maintenance"),
    new_job_type(5511, "HVAC - Heating Repair"),
    new_job_type(5512, "HVAC - Heating Maintenance"),
    new_job_type(5590, "HVAC - Sales Estimate"),
    new_job_type(6101, "PLM - Drain Clearing"),
    new_job_type(6102, "PLM - Leak Repair"),
    new_job_type(6110, "PLM - Water Heater Repair"),
    new_job_type(6111, "PLM - Water Heater Install"),
    new_job_type(6120, "PLM - Fixture Repair"),
    new_job_type(7201, "ELE - Troubleshooting"),
    new_job_type(7202, "ELE - Lighting Install"),
    new_job_type(7210, "ELE - EV Charger"),
    new_job_type(7290, "ELE - Panel Estimate"),
    new_job_type(7291, "ELE - Generator Estimate"),
)
